package storage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
	"sync/atomic"

	"evbook/internal/booking"
)

const (
	// permutationRounds is twice what makes a Feistel network a pseudorandom permutation in
	// theory (Luby and Rackoff 1988 show four), because the halves are small.
	permutationRounds = 8
	halfBits          = booking.ReferenceBits / 2
	halfMask          = 1<<halfBits - 1
	// maxRow is the highest row number that has a reference.
	maxRow = 1<<booking.ReferenceBits - 1
	// referenceKeyBytes is the length of the key, as long as the hash it feeds.
	referenceKeyBytes = sha256.Size
	// recentPairs is how many references are remembered that were worked out last, give or take:
	// more than a group has.
	recentPairs = 1 << 12
)

// permutation turns row numbers into booking references and back: a Feistel network over
// [booking.ReferenceBits] bits whose rounds are HMAC-SHA256 of the round and the half. Whoever
// lacks the key can neither guess a reference nor learn from one how many bookings there are, and
// no index is needed to find a booking by its reference. It is safe for concurrent use.
type permutation struct {
	key  []byte
	macs sync.Pool
	// none is the reference that the row number 0 would have. It takes the place of the
	// reference 0, which stands for "no booking".
	none booking.Reference
	// recent are pairs that were worked out, by the lowest bits of the reference: who has made a
	// booking is shown its secret, for which its row is needed, and often asks for it again soon.
	recent [recentPairs]atomic.Pointer[numbered]
}

// numbered is a reference and its row.
type numbered struct {
	ref booking.Reference
	row int64
}

func newPermutation(key []byte) *permutation {
	p := &permutation{key: key, macs: sync.Pool{New: func() any {
		return &mac{hash: hmac.New(sha256.New, key)}
	}}}
	p.none = booking.Reference(p.forward(0))
	return p
}

// reference gives the reference of a row, 1 to maxRow.
func (p *permutation) reference(row int64) booking.Reference {
	ref := booking.Reference(p.forward(uint64(row)))
	if ref == 0 {
		ref = p.none
	}
	if row > 0 { // no booking has the row 0, whose reference is that of another one
		p.recent[ref%recentPairs].Store(&numbered{ref, row})
	}
	return ref
}

// row gives the row number of a reference; 0 when no row can have it.
func (p *permutation) row(ref booking.Reference) int64 {
	if ref == 0 || ref > maxRow {
		return 0
	}
	if known := p.recent[ref%recentPairs].Load(); known != nil && known.ref == ref {
		return known.row
	}
	if ref == p.none {
		ref = 0
	}
	return int64(p.backward(uint64(ref)))
}

func (p *permutation) forward(v uint64) uint64 {
	mac := p.macs.Get().(*mac)
	defer p.macs.Put(mac)
	left, right := v>>halfBits, v&halfMask
	for i := range permutationRounds {
		left, right = right, left^mac.round(i, right)
	}
	return left<<halfBits | right
}

func (p *permutation) backward(v uint64) uint64 {
	mac := p.macs.Get().(*mac)
	defer p.macs.Put(mac)
	left, right := v>>halfBits, v&halfMask
	for i := permutationRounds - 1; i >= 0; i-- {
		left, right = right^mac.round(i, left), left
	}
	return left<<halfBits | right
}

// mac is the keyed hash, with room for what goes in and comes out: lists make hundreds of thousands
// of references, and each would leave sixteen small pieces of garbage.
type mac struct {
	hash hash.Hash
	in   [5]byte
	out  [sha256.Size]byte
}

func (m *mac) round(i int, half uint64) uint64 {
	m.in[0] = byte(i)
	binary.BigEndian.PutUint32(m.in[1:], uint32(half))
	m.hash.Reset()
	m.hash.Write(m.in[:])
	return binary.BigEndian.Uint64(m.hash.Sum(m.out[:0])) & halfMask
}

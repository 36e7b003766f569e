package booking

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	// credentialPrefix begins every token and secret, so that scanners find those that got into a
	// public place.
	credentialPrefix = "evb_"
	// maxCredentialText is the longest text that is considered, in bytes.
	maxCredentialText = 128
	// longestHead is the most bytes of the words and numbers in front of what is secret.
	longestHead = 12
	// hidden stands for what is not to be shown.
	hidden = "…"
)

// letters are those of base 32 in small ones, without padding: none has to be escaped anywhere, and
// a double click selects all of them.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").
	WithPadding(base32.NoPadding)

// Credential is what a bearer shows: which token, and its secret.
type Credential struct {
	Role   Role
	ID     int64
	Secret [sha256.Size]byte
}

// Text is the credential as its bearer gets it: evb_, the role, the number, 52 letters and digits,
// and 7 that check all of it.
func (c Credential) Text() string { return seal(c.head(), c.Secret[:]) }

// String does not tell the secret, which must not get into a log by mistake.
func (c Credential) String() string { return c.head() + hidden }

// GoString does not tell the secret either.
func (c Credential) GoString() string { return c.String() }

// TokenHash is the SHA-256 of a token's secret. A fast hash will do: nobody can guess 256 bits.
type TokenHash [sha256.Size]byte

// Hash is what is kept of the secret.
func (c Credential) Hash() TokenHash { return sha256.Sum256(c.Secret[:]) }

func (c Credential) head() string { return headOf(c.Role) + strconv.FormatInt(c.ID, 10) + "_" }

// headOf begins the tokens for a role.
func headOf(r Role) string { return credentialPrefix + string(r) + "_" }

// ParseToken reads the text of a token; whether there is such a token, and whether the secret is
// right, is for [Token.Accepts] to say. The error is of the kind [Unauthenticated], tells a slip of
// the pen from what never was a token, and does not repeat the text.
func ParseToken(text string) (Credential, error) {
	var c Credential
	i := slices.IndexFunc(TokenRoles(), func(r Role) bool {
		return strings.HasPrefix(text, headOf(r))
	})
	if i < 0 {
		return c, notACredential("token", headOf(Organiser)+" or "+headOf(Door))
	}
	c.Role = TokenRoles()[i]
	head, ok := unseal(text, c.Secret[:])
	if ok {
		number := strings.TrimPrefix(head, headOf(c.Role))
		c.ID, _ = strconv.ParseInt(strings.TrimSuffix(number, "_"), 10, 64)
	}
	if !ok || c.ID < 1 || head != c.head() {
		return Credential{}, mistyped("token")
	}
	return c, nil
}

// seal writes a secret behind a head, with a CRC-32 of all that at the end.
func seal(head string, secret []byte) string {
	var room [maxCredentialText]byte
	text := letters.AppendEncode(append(room[:0], head...), secret)
	return string(letters.AppendEncode(text, checksum(text)))
}

// unseal reads what seal wrote, of a secret that is as long as the room for it. It is false when
// the text is of another length or does not fit its checksum.
func unseal(text string, secret []byte) (head string, ok bool) {
	sum := len(text) - letters.EncodedLen(crc32.Size)
	start := sum - letters.EncodedLen(len(secret))
	if start < 0 || len(text) > maxCredentialText {
		return "", false
	}
	body := text[start:sum]
	// The decoder passes over line ends, and over the last bits, which are in the checksum too.
	if letters.EncodeToString(checksum([]byte(text[:sum]))) != text[sum:] {
		return "", false
	}
	decoded, err := letters.DecodeString(body)
	if err != nil || len(decoded) != len(secret) {
		return "", false
	}
	copy(secret, decoded)
	return text[:start], true
}

func checksum(text []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(text))
}

func notACredential(what, heads string) *Error {
	return Errorf(Unauthenticated, "that is no %s of evbook", what).
		WithHint("it begins with %s, as it was given out", heads)
}

func mistyped(what string) *Error {
	return Errorf(Unauthenticated, "the %s has a typo: its letters do not fit together", what).
		WithHint("copy it again, all of it")
}

// Conceal leaves the secrets of all tokens and bookings out of a text, such as a message that
// repeats what somebody has written in a wrong place, and users and passwords out of the addresses
// of databases. What else there is stays as it is.
func Conceal(text string) string { return concealCredentials(concealAddresses(text)) }

// concealAddresses rather leaves out too much than too little: nobody can tell where a badly
// written password ends.
func concealAddresses(text string) string {
	if !strings.ContainsAny(text, "@=") { // nearly always
		return text
	}
	text = regexp.MustCompile(`(?is)(postgres(?:ql)?:/*|://).*@`).ReplaceAllString(text, "${1}***@")
	text = regexp.MustCompile(`[^\s:/@"']+:[^\s:/@"']+@`).ReplaceAllString(text, "***@")
	nearlyPassword := regexp.MustCompile(`(?i)(\w*(?:p\w*w\w*d|pass)\w*=)[^&\s"]*`)
	return nearlyPassword.ReplaceAllString(text, "${1}***")
}

func concealCredentials(text string) string {
	before, rest, found := strings.Cut(text, credentialPrefix)
	if !found {
		return text
	}
	end := strings.IndexFunc(rest, notInCredential)
	if end < 0 {
		end = len(rest)
	}
	credential, at := rest[:end], 0
	for part := range strings.SplitSeq(credential, "_") {
		if len(part) > longestHead {
			credential = credential[:at] + hidden
			break
		}
		at += len(part) + 1
	}
	return before + credentialPrefix + credential + concealCredentials(rest[end:])
}

func notInCredential(r rune) bool {
	return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}

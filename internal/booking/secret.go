package booking

import (
	"crypto/subtle"
	"strings"
)

// SecretHead begins the text of every secret.
const SecretHead = credentialPrefix + "booking_"

// Secret opens one booking to whoever has it: 128 bits that nobody can guess. The zero value stands
// for none.
type Secret [16]byte

// Text is the secret as its owner gets it: evb_booking_, 26 letters and digits, and 7 that check
// them.
func (s Secret) Text() string { return seal(SecretHead, s[:]) }

// String does not tell the secret, which must not get into a log by mistake.
func (s Secret) String() string { return SecretHead + hidden }

// GoString does not tell the secret either.
func (s Secret) GoString() string { return s.String() }

// Equal compares two secrets in a time that does not depend on them.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare(s[:], other[:]) == 1
}

// ParseSecret reads the text of a secret. The error is of the kind [Unauthenticated], tells a slip
// of the pen from what never was a secret, and does not repeat the text.
func ParseSecret(text string) (Secret, error) {
	var s Secret
	if !strings.HasPrefix(text, SecretHead) {
		return s, notACredential("booking's secret", SecretHead)
	}
	if head, ok := unseal(text, s[:]); !ok || head != SecretHead {
		return Secret{}, mistyped("booking's secret")
	}
	return s, nil
}

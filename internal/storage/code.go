package storage

import "crypto/rand"

// codeSymbols are those of access codes that are made up: no two look alike.
const codeSymbols = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes an access code up: ten symbols, too many to be guessed while there are limits to
// how often one can try.
func newCode() string {
	const half = 5
	// Bytes from here on would make some symbols likelier than others.
	const fair = 256 - 256%len(codeSymbols)
	code := make([]byte, 0, 2*half+1)
	for draw := make([]byte, 1); len(code) < cap(code); {
		if len(code) == half {
			code = append(code, '-')
		}
		rand.Read(draw) // never fails: crypto/rand ends the program instead
		if int(draw[0]) < fair {
			code = append(code, codeSymbols[int(draw[0])%len(codeSymbols)])
		}
	}
	return string(code)
}

package booking

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// credential gives one with a secret that counts up.
func credential(role Role, id int64) Credential {
	c := Credential{Role: role, ID: id}
	for i := range c.Secret {
		c.Secret[i] = byte(i)
	}
	return c
}

func countingSecret() (s Secret) {
	for i := range s {
		s[i] = byte(i)
	}
	return s
}

// The vectors were computed by another program. What was given out is in the hands of people and
// programs: none of these may ever change.
func TestTokensAndSecretsAreWrittenAsTheyAlwaysWere(t *testing.T) {
	for text, want := range map[string]string{
		credential(Organiser, 1).Text(): "evb_organiser_1_" +
			"aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypqwphsj6y",
		credential(Door, 4711).Text(): "evb_door_4711_" +
			"aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypqsjybsga",
		countingSecret().Text(): "evb_booking_aaaqeayeaudaocajbifqydiob4fay64ci",
	} {
		if text != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
}

func TestATokenIsReadAsItWasWritten(t *testing.T) {
	for _, want := range []Credential{
		credential(Organiser, 1), credential(Door, 4711), {Role: Door, ID: 1<<63 - 1},
	} {
		got, err := ParseToken(want.Text())
		if err != nil || got != want {
			t.Errorf("%s: got %v, %v", want, got, err)
		}
	}
	got, err := ParseSecret(countingSecret().Text())
	if err != nil || got != countingSecret() {
		t.Errorf("got %v, %v", got, err)
	}
}

// Every slip in any one place, and every swap, is a typo and not another token.
func TestATypoInATokenIsToldFromNonsense(t *testing.T) {
	refused := func(text string) string {
		t.Helper()
		_, tokenErr := ParseToken(text)
		_, secretErr := ParseSecret(text)
		err := tokenErr
		if strings.HasPrefix(text, "evb_booking_") {
			err = secretErr
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != Unauthenticated || e.Hint == "" {
			t.Fatalf("%q: %v", text, err)
		}
		if len(text) > 20 && strings.Contains(e.Message+e.Hint, text[16:]) {
			t.Errorf("%q is repeated in %q", text, e.Message)
		}
		return e.Message
	}
	for _, text := range []string{credential(Door, 7).Text(), countingSecret().Text()} {
		for at := strings.LastIndexByte(text, '_') + 1; at < len(text); at++ {
			for _, wrong := range []string{"a", "7", "Q", "1", "_", "\n", "é", ""} {
				mistake := text[:at] + wrong + text[at+1:]
				if mistake != text && !strings.Contains(refused(mistake), "has a typo") {
					t.Errorf("%q is no typo", mistake)
				}
			}
		}
		refused(text + "a")
		refused(text + " ")
		refused(strings.ToUpper(text))
	}
	for _, text := range []string{
		"", "evb", "evb_", "evb_owner_1_", "EVB-7K3M9-9QXT4-K", "Bearer evb_door_1_",
		strings.Repeat("x", 5000), "evb_door", "evb_booking",
	} {
		if message := refused(text); !strings.Contains(message, "that is no") {
			t.Errorf("%.40q: %s", text, message)
		}
	}
	for _, head := range []string{"evb_door_0_", "evb_door_-1_", "evb_door_+1_", "evb_door_01_",
		"evb_door_1", "evb_door__", "evb_door_9223372036854775808_", "evb_door_1_2_"} {
		refused(seal(head, make([]byte, 32))) // its checksum is right
	}
	refused(seal("evb_booking_1_", make([]byte, 16)))
	refused("evb_door_1_" + strings.Repeat("a", 5000))
}

func TestNoLogTellsACredential(t *testing.T) {
	c, s := credential(Organiser, 12), countingSecret()
	var log bytes.Buffer
	fmt.Fprintf(&log, "%v %+v %#v %s %v %+v %#v %s", c, c, c, c, s, s, s, s)
	fmt.Fprintf(&log, "%v %+v", Receipt{Secret: s}, IssuedToken{Credential: c})
	for _, part := range []string{"aaaqea", "0, 1, 2, 3", "0 1 2 3", "0x1, 0x2"} {
		if strings.Contains(log.String(), part) {
			t.Errorf("%q is in %s", part, log.String())
		}
	}
}

func TestATokenAcceptsItsOwnSecretWhileItIsGood(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	own, former := credential(Door, 3), credential(Door, 3)
	former.Secret[0] = 99
	good := Token{
		ID: 3, Role: Door, Hash: own.Hash(), Former: former.Hash(), FormerUntil: now.Add(time.Hour),
		ExpiresAt: now.Add(2 * time.Hour),
	}
	other, elsewhere, asOther := own, own, own
	other.Secret[31]++
	elsewhere.ID, asOther.Role = 4, Organiser
	revoked, eternal := good, good
	revoked.RevokedAt, eternal.ExpiresAt = now, time.Time{}
	for name, tt := range map[string]struct {
		token Token
		c     Credential
		later time.Duration
		want  bool
	}{
		"its own":                     {good, own, 0, true},
		"its former one":              {good, former, 0, true},
		"its former one, too late":    {good, former, time.Hour, false},
		"its own, at the end":         {good, own, 2*time.Hour - 1, true},
		"its own, too late":           {good, own, 2 * time.Hour, false},
		"its own, of one for ever":    {eternal, own, 1e6 * time.Hour, true},
		"its own, revoked":            {revoked, own, 0, false},
		"its former one, revoked":     {revoked, former, 0, false},
		"another one":                 {good, other, 0, false},
		"its own, as another token's": {good, elsewhere, 0, false},
		"its own, in another role":    {good, asOther, 0, false},
		"none, of no token":           {Token{}, Credential{}, 0, false},
		"its own, of no token":        {Token{}, own, 0, false},
	} {
		if got := tt.token.Accepts(tt.c, now.Add(tt.later)); got != tt.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(credential(Organiser, 1).Text())
	f.Add("evb_door_1_")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseToken(text); err == nil && c.Text() != text && c.ID < 1 {
			t.Errorf("%q is read as %s", text, c.Text())
		}
	})
}

func TestWhatIsRepeatedToSomebodyHasNoCredentials(t *testing.T) {
	token, secret := credential(Organiser, 1).Text(), countingSecret().Text()
	for text, want := range map[string]string{
		"":                            "",
		"no event go":                 "no event go",
		`no event "` + token + `"`:    `no event "evb_organiser_1_…"`,
		secret + " and " + token[:30]: "evb_booking_… and evb_organiser_1_…",
		token + secret:                "evb_organiser_1_…",
		"it begins with evb_booking_": "it begins with evb_booking_",
		"evb_" + secret[12:]:          "evb_…",

		"postgres://db/events, ada@example.org":    "postgres://***@example.org",
		`bad "PostgreSQL://ada:p@ss w@db/events"`:  `bad "PostgreSQL://***@db/events"`,
		"mysql://ada:sec@db/events":                "mysql://***@db/events",
		`"postgres://db/e?password=sec&x=1" and 1`: `"postgres://db/e?password=***&x=1" and 1`,
		"ada@example.org waits for postgres":       "ada@example.org waits for postgres",
	} {
		if got := Conceal(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

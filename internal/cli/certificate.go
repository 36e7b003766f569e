package cli

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"
)

const (
	// certificateAge is for how long a certificate is used without looking whether there is
	// another one.
	certificateAge = 10 * time.Second
	// renewalDue is how long before its end a certificate should have been renewed.
	renewalDue = 21 * 24 * time.Hour
	// looseKey are the permissions that the file of a key must not have: anything for others, and
	// more than reading for the group.
	looseKey = 0o037
)

// certificate is the one that serve shows. Its files are read again when they have changed, so that
// a renewed one needs no restart; while they cannot be used the former one stays. It is safe for
// concurrent use.
type certificate struct {
	certFile, keyFile string
	logger            *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	version string
	looked  time.Time
}

func newCertificate(certFile, keyFile string, logger *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, logger: logger}
	return c, c.load()
}

// config is how connections are encrypted.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// get gives the certificate for a connection.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) > certificateAge {
		c.refresh()
	}
	return c.pair, nil
}

// refresh reads the files again if they have changed.
func (c *certificate) refresh() {
	c.looked = time.Now()
	if version, err := c.versionOfFiles(); err == nil && version == c.version {
		return
	}
	if err := c.load(); err != nil {
		c.logger.Warn("the former certificate stays in use", "error", err)
		return
	}
	c.logger.Info("another certificate is in use", "until", c.pair.Leaf.NotAfter)
}

// load reads the files.
func (c *certificate) load() error {
	c.looked = time.Now()
	version, err := c.versionOfFiles()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("%s and %s cannot be used: %w", c.certFile, c.keyFile, err)
	}
	if left := time.Until(pair.Leaf.NotAfter); left < renewalDue {
		c.logger.Warn("the certificate has to be renewed", "until", pair.Leaf.NotAfter)
	}
	c.pair, c.version = &pair, version
	return nil
}

// versionOfFiles is a text that changes with the files. It refuses a key that others can read.
func (c *certificate) versionOfFiles() (string, error) {
	cert, err := os.Stat(c.certFile)
	if err != nil {
		return "", fmt.Errorf("cannot read %s: %w", c.certFile, innermost(err))
	}
	key, err := os.Stat(c.keyFile)
	if err != nil {
		return "", fmt.Errorf("cannot read %s: %w", c.keyFile, innermost(err))
	}
	// Windows keeps permissions elsewhere.
	if mode := key.Mode().Perm(); mode&looseKey != 0 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("%s can be read by others (mode %04o); mend it with chmod 600 %s",
			c.keyFile, mode, shellWord(c.keyFile))
	}
	return fmt.Sprint(cert.ModTime(), cert.Size(), key.ModTime(), key.Size()), nil
}

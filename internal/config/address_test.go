package config

import (
	"os"
	"strings"
	"testing"
)

func TestTheAddressInAFileCountsBeforeVariablesAndTheConfiguration(t *testing.T) {
	file := write(t, "  "+secretURL+" \r\nand what else there is\n", "dsn")
	other := write(t, "postgres://other/x", "dsn")
	src := source(t, map[string]string{"EVBOOK_DB": "variable.db"}, "--dsn-file", file,
		"--config", write(t, "dsn_file: "+other))
	if c := mustLoad(t, src); c.DB != secretURL {
		t.Errorf("got %s", c.DB)
	}
	settings, err := Explain(src)
	if err != nil {
		t.Fatal(err)
	}
	if s := settings[0]; s.Key != keyDB || s.Origin != "flag --dsn-file" ||
		strings.Contains(s.Value, "hunter2") {
		t.Errorf("shown as %+v", s)
	}
	if c := mustLoad(t, source(t, nil, "--dsn-file", file, "--addr", ":1")); c.Addr != ":1" {
		t.Errorf("another flag is lost: %+v", c)
	}
}

// The nearer of the two counts, wherever they are set; side by side neither does.
func TestADatabaseIsNamedByItselfOrByAFile(t *testing.T) {
	address := write(t, secretURL, "dsn")
	byName, inFile := write(t, "db: file.db"), write(t, "dsn_file: "+address)
	both, empty := write(t, "db: x\ndsn_file: "+address), write(t, "db: file.db\ndsn_file: ''")
	db, dsn := "EVBOOK_DB=variable.db", "EVBOOK_DSN_FILE="+address
	for set, want := range map[[4]string]string{ // file, two variables, flag
		{inFile}:                                  secretURL,
		{inFile, db}:                              "variable.db",
		{inFile, "", "", "--db=flag.db"}:          "flag.db",
		{byName, dsn}:                             secretURL,
		{byName, dsn, "", "--db=flag.db"}:         "flag.db",
		{byName, db, "", "--dsn-file=" + address}: secretURL,
		{empty}:           "file.db",
		{both, db}:        "variable.db",
		{both}:            "db (file " + both + ") and dsn_file (file " + both + ")",
		{byName, db, dsn}: "EVBOOK_DB and EVBOOK_DSN_FILE",
	} {
		env := map[string]string{}
		for _, variable := range set[1:3] {
			name, value, _ := strings.Cut(variable, "=")
			env[name] = value
		}
		args := strings.Fields(set[3])
		src := source(t, env, append(args, "--config", set[0])...)
		if strings.Contains(want, " and ") {
			refuses(t, src, want+" cannot stand together: give one of them")
		} else if c := mustLoad(t, src); c.DB != want {
			t.Errorf("%q: got %s", set, c.DB)
		}
	}
}

func TestAFileWithAnAddressIsForNoOtherEyes(t *testing.T) {
	file := write(t, secretURL, "dsn")
	for mode, refused := range map[os.FileMode]bool{
		0o600: false, 0o400: false, 0o640: false, 0o440: false,
		0o644: true, 0o660: true, 0o604: true, 0o602: true, 0o601: true,
	} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		src := source(t, nil, "--dsn-file", file)
		if _, err := Load(src); (err != nil) != refused {
			t.Errorf("mode %o: %v", mode, err)
		}
		src.OS = "windows" // where modes say nothing
		mustLoad(t, src)
	}
}

func TestAFileWithoutAnAddressIsRefusedAndNotRepeated(t *testing.T) {
	const secret = "hunter2 is no address"
	for name, src := range map[string]Source{
		"missing":    source(t, nil, "--dsn-file", t.TempDir()+"/none"),
		"a folder":   source(t, nil, "--dsn-file", t.TempDir()),
		"no address": source(t, nil, "--dsn-file", write(t, secret, "dsn")),
		"empty":      source(t, nil, "--dsn-file", write(t, "", "dsn")),
		"not first":  source(t, nil, "--dsn-file", write(t, "\n"+secretURL, "dsn")),
		"a file":     source(t, nil, "--dsn-file", write(t, "events.db", "dsn")),
		"control":    source(t, nil, "--dsn-file", write(t, secretURL+"\x1b[2J", "dsn")),
		"itself":     source(t, nil, "--dsn-file", secretURL),
		"with --db": source(t, nil, "--dsn-file", write(t, secretURL, "dsn"),
			"--db", "events.db"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(src)
			if err == nil {
				t.Fatal("no error")
			}
			checkLine(t, err.Error())
			if text := err.Error(); strings.Contains(text, "hunter2") ||
				!strings.Contains(text, "dsn") {
				t.Errorf("got %q", text)
			}
		})
	}
}

func TestWhatWasMeantForAnAddressIsNotTakenForAFile(t *testing.T) {
	for _, db := range []string{
		"mysql://host/x", "Postgres://host/x", "postgres:/host/x", "POSTGRESQL:x", "sqlite://x.db",
		"postgres//host/x",
		" postgres://host/x", "\"postgres://host/x\"", "'postgresql://host/x'",
		"jdbc:postgresql://h/x",
		"host=localhost dbname=x", "dbname = x", "user=ann password=hunter2",
	} {
		refuses(t, source(t, nil, "--db", db), "is neither a file nor the address of a database")
	}
	for _, db := range []string{
		"postgres://", "postgresql://host/x", "postgres.db", "my file.db", "file:x.db", "a:b.db",
		"./dbname=x", "hosts.db",
	} {
		if c := mustLoad(t, source(t, nil, "--db", db)); c.DB != db {
			t.Errorf("%s became %s", db, c.DB)
		}
	}
}

func TestAConfigurationWithAPasswordIsForNoOtherEyes(t *testing.T) {
	for address, secret := range map[string]bool{
		secretURL: true, "postgres://db.example/evbook?password=hunter2": true,
		"postgres://db.example/evbook": false, "postgres://ann:@db.example/evbook": true,
		"events.db": false, "postgres://ann@db.example/evbook": false,
	} {
		file := write(t, "db: "+address)
		src := source(t, nil, "--config", file)
		mustLoad(t, src)
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		if !secret {
			mustLoad(t, src)
			continue
		}
		refuses(t, src, "holds a password, and the file can be read by others (mode 0644)")
		if _, err := Validate(file); err == nil {
			t.Errorf("%s: validated", address)
		}
		mustLoad(t, source(t, nil, "--config", file, "--db", "other.db"))
		src.OS = "windows"
		mustLoad(t, src)
	}
}

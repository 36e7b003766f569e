//go:build linux

package yardstick

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

var update = flag.Bool("update", false,
	"keep the figures of a benchmark; write the document and its plots anew")

// figures are what was measured. They are kept in a file, from which the document is written.
type figures struct {
	Machine machine
	Rows    map[string]figure
	// Rates are bookings a second, by server and number of connections.
	Rates curves
	// Costs are microseconds for a booking, by what is booked and the number of rows before.
	Costs curves
}

// machine is where that was.
type machine struct {
	Processor, Go, System, FileSystem string
	Cores                             int
	// Syncs is how many times a second 512 bytes were appended and synced.
	Syncs float64
}

// curves have a name and points, whose places are numbers as text.
type (
	curves map[string]points
	points map[string]float64
)

func (c curves) set(name, place string, value float64) {
	if c[name] == nil {
		c[name] = points{}
	}
	c[name][place] = value
}

// add takes the points of others over.
func (c curves) add(others curves) {
	for name, places := range others {
		for place, value := range places {
			c.set(name, place, value)
		}
	}
}

// thisMachine tells what is known of the machine and of the folder for temporary files.
func thisMachine(t testing.TB) machine {
	t.Helper()
	m := machine{
		Go: runtime.Version(), Cores: runtime.NumCPU(), FileSystem: fileSystem(t, t.TempDir()),
	}
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	version := strings.SplitN(string(release), ".", 3)
	m.System = "Linux " + strings.Join(version[:min(2, len(version))], ".")
	known, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(known)
	if name != nil {
		m.Processor = string(name[1])
	}
	return m
}

// tmpfs is the name of a file system on which a sync costs nothing.
const tmpfs = "tmpfs"

func fileSystem(t testing.TB, dir string) string {
	t.Helper()
	var told syscall.Statfs_t
	if err := syscall.Statfs(dir, &told); err != nil {
		t.Fatal(err)
	}
	names := map[int64]string{
		0xEF53: "ext4", 0x58465342: "xfs", 0x9123683E: "btrfs", 0x01021994: tmpfs,
		0x794C7630: "overlay",
	}
	if name, known := names[int64(told.Type)]; known {
		return name
	}
	return fmt.Sprintf("file system %#x", told.Type)
}

func (m machine) String() string {
	if m.Cores == 0 {
		return "Not measured yet"
	}
	said := fmt.Sprintf("%s, %s on %d cores (%s), %s", m.System, m.Go, m.Cores, m.Processor,
		m.FileSystem)
	if m.Syncs > 0 {
		said += fmt.Sprintf(", %.0f syncs/s", m.Syncs)
	}
	return said
}

// print shows what was measured in this run.
func (at *table) print() {
	fmt.Printf("\n%s\n\n%s\n", at.found.Machine, tableOf(at.found.Rows, false))
	if at.found.Machine.FileSystem == tmpfs {
		fmt.Print("A sync of tmpfs costs nothing, so what is written means nothing here: " +
			"set TMPDIR to a folder on a disk.\n\n")
	}
}

// tell shows what was measured and, if that is wanted, keeps it beside the figures
// of other rows that are kept already.
func (at *table) tell(b *testing.B) {
	at.print()
	if !*update || b.Failed() {
		return
	}
	kept, err := keptFigures()
	if err != nil {
		b.Fatal(err)
	}
	if at.found.Machine.Syncs == 0 {
		at.found.Machine.Syncs = kept.Machine.Syncs
	}
	kept.Machine = at.found.Machine
	maps.Copy(kept.Rows, at.found.Rows)
	kept.Rates.add(at.found.Rates)
	kept.Costs.add(at.found.Costs)
	text, err := json.MarshalIndent(kept, "", "\t")
	if err == nil {
		err = os.WriteFile(figuresFile(), append(text, '\n'), 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
	for path, text := range documents(b, kept) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

func figuresFile() string { return filepath.Join("testdata", "figures.json") }

// keptFigures reads the figures that the document shows.
func keptFigures() (figures, error) {
	kept := figures{Rows: map[string]figure{}, Rates: curves{}, Costs: curves{}}
	text, err := os.ReadFile(figuresFile())
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	return kept, err
}

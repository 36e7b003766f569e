package booking

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestEveryKindIsListedAndSaysWhenItOccurs(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "error.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var declared []Kind
	for _, decl := range file.Decls {
		consts, ok := decl.(*ast.GenDecl)
		if !ok || consts.Tok != token.CONST {
			continue
		}
		for _, spec := range consts.Specs {
			value := spec.(*ast.ValueSpec)
			text, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared = append(declared, Kind(text))
			name := value.Names[0].Name
			if value.Doc == nil || !strings.HasPrefix(value.Doc.Text(), name+" ") {
				t.Errorf("%s does not say when it occurs", name)
			}
		}
	}
	if !slices.Equal(declared, Kinds()) {
		t.Errorf("declared are %v, listed are %v", declared, Kinds())
	}
	for i, kind := range declared {
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(string(kind)) {
			t.Errorf("%q is no code for programs", kind)
		}
		if slices.Contains(declared[:i], kind) {
			t.Errorf("%q is there twice", kind)
		}
	}
}

func TestTheKindIsFoundUnderOtherErrors(t *testing.T) {
	refusal := Errorf(SoldOut, "event 1 is sold out")
	for want, err := range map[Kind]error{
		"":       nil,
		Internal: errors.New("anything"),
		SoldOut:  fmt.Errorf("group: %w", refusal),
		Busy:     errors.Join(errors.New("first"), Errorf(Busy, "locked")),
	} {
		if got := KindOf(err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}

func TestTheCauseIsForTheLogAndNotForTheMessage(t *testing.T) {
	cause := errors.New("code 13")
	err := Errorf(Unavailable, "the disk is full").
		WithHint("make %d %s room", 2, "MB").Because(cause)
	if err.Error() != "the disk is full" || err.Hint != "make 2 MB room" || !errors.Is(err, cause) {
		t.Errorf("got %+v", err)
	}
	wrapped := Errorf(Unavailable, "cannot open %s: %w", "x.db", fs.ErrPermission)
	if wrapped.Error() != "cannot open x.db: permission denied" ||
		!errors.Is(wrapped, fs.ErrPermission) {
		t.Errorf("got %+v", wrapped)
	}
}

func TestAllBadFieldsAreToldAtOnce(t *testing.T) {
	var bad Fields
	bad.Add("fine", "")
	if err := bad.Err(); err != nil {
		t.Errorf("no bad field gives %v", err)
	}
	bad.Add("quantity", "is too much")
	bad.Add("name", "is empty")
	refused(t, bad.Err(), Invalid, "quantity: is too much; name: is empty")
}

func TestSeatsAreCountedAsPeopleDo(t *testing.T) {
	for n, want := range map[int]string{0: "0 seats", 1: "1 seat", 2: "2 seats"} {
		if got := Seats(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"evbook/internal/booking"
)

// smallDisk mounts a disk of one mebibyte.
func smallDisk(t testing.TB) string {
	t.Helper()
	disk := t.TempDir()
	need(t, "a small disk (the right to mount one)",
		syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"))
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Errorf("unmount %s: %v", disk, err)
		}
	})
	return disk
}

// fill writes a file until the disk is full.
func fill(t testing.TB, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func TestOnAFullDiskBookingWaitsForRoomAndReadingGoesOn(t *testing.T) {
	disk := smallDisk(t)
	ballast := filepath.Join(disk, "ballast")
	s := openAt(t, filepath.Join(disk, "events.db"))
	defer s.Close() // before the disk is unmounted
	sel, ctx := event(t, s, 10_000), context.Background()
	fill(t, ballast)
	// What fails tidies up, and that may make room for a few more.
	booked, refused := 0, 0
	for refused < 5 && booked < 10_000 {
		_, err := s.Book(ctx, seat(sel, fmt.Sprint(booked)))
		if err == nil {
			booked++
			refused = 0
			continue
		}
		refused++
		var e *booking.Error
		if !errors.As(err, &e) || e.Kind != booking.Unavailable ||
			e.Message != "the disk of "+s.path+" is full" {
			t.Fatalf("after %d bookings: %v", booked, err)
		}
	}
	if refused == 0 {
		t.Fatal("the disk never got full")
	}
	if now, err := s.Event(ctx, sel); err != nil || now.Confirmed != booked {
		t.Errorf("%d seats, %v; %d were acknowledged", now.Confirmed, err, booked)
	}
	sound(t, s)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		r, err := s.Book(ctx, seat(sel, fmt.Sprint(booked+i)))
		if err != nil || r.Replayed {
			t.Errorf("with room again: %+v, %v", r, err)
		}
	}
	sound(t, s)
}

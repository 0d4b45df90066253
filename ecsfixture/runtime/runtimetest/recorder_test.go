package runtimetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

func TestRecorderFindsFaults(t *testing.T) {
	now := time.Now()
	line := runtime.Line{Time: now, Stream: runtime.Stdout, Text: "x"}
	exit := runtime.Event{Kind: runtime.Exited, At: now}
	tests := map[string]func(*recorder){
		"":                       func(r *recorder) { r.line(line); r.event(exit); r.starting(); r.line(line) },
		"after the exit":         func(r *recorder) { r.event(exit); r.line(line) },
		"event {Kind:1":          func(r *recorder) { r.event(exit); r.event(exit) },
		"after Close":            func(r *recorder) { r.finish(); r.line(line) },
		"without time":           func(r *recorder) { r.event(runtime.Event{Kind: runtime.Health}) },
		"two calls of Lines":     func(r *recorder) { defer r.during(&r.inLine, "Lines")(); r.line(line) },
		"two calls of Events at": func(r *recorder) { defer r.during(&r.inEvent, "Events")(); r.event(exit) },
	}
	for want, do := range tests {
		r := newRecorder(time.Millisecond)
		do(r)
		found := slices.ContainsFunc(r.faults, func(s string) bool { return strings.Contains(s, want) })
		if found != (want != "") {
			t.Errorf("want %q, got %q", want, r.faults)
		}
	}
}

func TestRecorderGivesUp(t *testing.T) {
	r := newRecorder(time.Millisecond)
	if err := r.exit(0); err == nil || !strings.Contains(err.Error(), "no exit in 1ms") {
		t.Error(err)
	}
}

package simulated

import (
	"bytes"
	"io"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// lines cuts what is written into lines.
type lines struct{ rest []byte }

func (l *lines) add(p []byte, emit func(string)) {
	for {
		line, rest, found := bytes.Cut(p, []byte("\n"))
		l.rest = append(l.rest, line...)
		if !found {
			return
		}
		emit(string(l.rest))
		l.rest, p = l.rest[:0], rest
	}
}

func (l *lines) flush(emit func(string)) {
	if len(l.rest) > 0 {
		emit(string(l.rest))
	}
	l.rest = nil
}

// writer is a stream of a Func. What is written after the container's end is
// lost.
type writer struct {
	run    *run
	stream runtime.Stream
}

func (w writer) Write(p []byte) (int, error) {
	c := w.run.c
	ok := c.change(w.run, func() {
		w.lines().add(p, func(text string) { c.line(w.stream, text) })
	})
	if !ok {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func (w writer) lines() *lines {
	if w.stream == runtime.Stderr {
		return &w.run.err
	}
	return &w.run.out
}

package docker

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// rereadPause is the pause before a broken log stream is opened again.
const rereadPause = 100 * time.Millisecond

// finishLimit bounds the reading of a log's end.
const finishLimit = 10 * time.Second

// output makes lines of what a container writes, across all its lives.
type output struct {
	tty   bool
	lines func(runtime.Line)

	read    position // up to where messages have been taken
	repeats int      // messages at that time that come once more
	partial map[runtime.Stream]*runtime.Line
}

// position is a place in a log: a time and how many messages have it.
type position struct {
	at time.Time
	n  int
}

// follow delivers lines until the engine ends the stream or ctx does.
func (o *output) follow(ctx context.Context, r *Runtime, id string) {
	if o.lines == nil {
		return
	}
	for {
		err := o.readLog(ctx, r.engine.client, id, true)
		if err == nil || ctx.Err() != nil || errdefs.IsNotFound(err) {
			return
		}
		r.log.Debug("log stream broke", "container", id, "error", err)
		select {
		case <-time.After(rereadPause):
		case <-ctx.Done():
			return
		}
	}
}

// finish delivers what following has not, and what is left without a line
// feed.
func (o *output) finish(r *Runtime, id string) {
	if o.lines == nil {
		return
	}
	ctx, cancel := context.WithTimeout(r.life, finishLimit)
	defer cancel()
	if err := o.readLog(ctx, r.engine.client, id, false); err != nil {
		r.log.Debug("the end of the log can't be read", "container", id, "error", err)
	}
	for stream, line := range o.partial {
		o.deliver(line)
		delete(o.partial, stream)
	}
}

// readLog reads from where the last call stopped.
func (o *output) readLog(ctx context.Context, cli client.APIClient, id string, follow bool) error {
	opts := client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Timestamps: true, Follow: follow}
	if !o.read.at.IsZero() {
		opts.Since = engineTime(o.read.at.UnixNano()) // which includes that time
	}
	o.repeats = o.read.n
	logs, err := cli.ContainerLogs(ctx, id, opts)
	if err != nil {
		return err
	}
	defer logs.Close()
	if o.tty {
		return readTerminal(logs, o.message)
	}
	return readFrames(logs, o.message)
}

// message takes a message of the log driver: a time, a space, and a line or
// a piece of a long one. Only the last piece ends in a line feed.
func (o *output) message(stream runtime.Stream, message []byte) {
	stamp, text, _ := bytes.Cut(message, []byte(" "))
	at, err := time.Parse(time.RFC3339Nano, string(stamp))
	if err != nil || o.repeated(at) {
		return
	}
	line := o.partial[stream]
	if line == nil {
		line = &runtime.Line{Time: at, Stream: stream}
	}
	text, whole := bytes.CutSuffix(text, []byte("\n"))
	line.Text += string(text)
	delete(o.partial, stream)
	if whole {
		o.deliver(line)
		return
	}
	if o.partial == nil {
		o.partial = map[runtime.Stream]*runtime.Line{}
	}
	o.partial[stream] = line
}

// repeated reports whether the message was taken before, and notes it.
func (o *output) repeated(at time.Time) bool {
	if !at.Equal(o.read.at) {
		o.read, o.repeats = position{at: at}, 0
	}
	if o.repeats > 0 {
		o.repeats--
		return true
	}
	o.read.n++
	return false
}

func (o *output) deliver(line *runtime.Line) {
	if o.tty { // which writes line feeds as \r\n
		line.Text = string(bytes.TrimSuffix([]byte(line.Text), []byte("\r")))
	}
	o.lines(*line)
}

// readFrames reads the multiplexed format of the engine: a message a frame,
// after a header of its stream and size.
func readFrames(r io.Reader, take func(runtime.Stream, []byte)) error {
	var (
		header [8]byte
		frame  []byte
	)
	for buffered := bufio.NewReader(r); ; {
		if _, err := io.ReadFull(buffered, header[:]); err != nil {
			return endOfLog(err)
		}
		size := int(binary.BigEndian.Uint32(header[4:]))
		frame = append(frame[:0], make([]byte, size)...)
		if _, err := io.ReadFull(buffered, frame); err != nil {
			return err
		}
		stream := runtime.Stdout
		if header[0] == 2 {
			stream = runtime.Stderr
		}
		take(stream, frame)
	}
}

// readTerminal reads the messages of a terminal, which come one after the
// other, so that a long line has times in it between its pieces.
func readTerminal(r io.Reader, take func(runtime.Stream, []byte)) error {
	for buffered := bufio.NewReader(r); ; {
		line, err := buffered.ReadBytes('\n')
		for len(line) > stampSize+pieceSize && isStamp(line[stampSize+pieceSize:]) {
			take(runtime.Stdout, line[:stampSize+pieceSize])
			line = line[stampSize+pieceSize:]
		}
		if len(line) > 0 {
			take(runtime.Stdout, line)
		}
		if err != nil {
			return endOfLog(err)
		}
	}
}

const (
	pieceSize = 16 << 10 // of a line that the engine logs in pieces
	stampSize = len("2006-01-02T15:04:05.000000000Z ")
)

func isStamp(b []byte) bool {
	if len(b) < stampSize || b[stampSize-1] != ' ' {
		return false
	}
	_, err := time.Parse(time.RFC3339Nano, string(b[:stampSize-1]))
	return err == nil
}

func endOfLog(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

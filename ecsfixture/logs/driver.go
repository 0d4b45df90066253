package logs

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// maxDriverEvent is the size in bytes of the largest event that the awslogs
// driver makes of a line; longer ones are split.
const maxDriverEvent = 256<<10 - overhead

// flushAfter is how long the driver keeps an event of several lines open.
const flushAfter = 5 * time.Second

// Driver is the awslogs log driver of one container.
type Driver struct {
	to            *CloudWatch
	group, stream string
	starts        *regexp.Regexp // the first line of an event; nil: each line is one

	mu      sync.Mutex // guards what follows
	at      int64      // the time of the open event
	pending []byte     // the lines of the open event
	timer   *time.Timer
}

// Driver opens the awslogs driver for a container: it checks the options as
// ECS words them, and creates the log stream, prefix/container/task-id or,
// without awslogs-stream-prefix, the container's ID. It creates the log group
// only where awslogs-create-group says so. awslogs-region may name any region
// of the account. The driver never loses a line, whatever mode and
// max-buffer-size say.
func (c *CloudWatch) Driver(options map[string]string, container, taskID, containerID string) (*Driver, error) {
	o, err := parseOptions(options)
	if err != nil {
		return nil, err
	}
	d := &Driver{to: c.In(o.regionOr(c.region)), group: o.group, stream: containerID, starts: o.starts}
	if o.prefix != "" {
		d.stream = o.prefix + "/" + container + "/" + taskID
	}
	if err := d.create(o.createGroup); err != nil {
		return nil, err
	}
	return d, nil
}

// create creates the stream and, if it may, its group. That they are there
// already is no error.
func (d *Driver) create(group bool) error {
	ctx := context.Background()
	if group {
		_, err := d.to.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &d.group})
		if err != nil && !isThere(err) {
			return fmt.Errorf(msgCreateGroup, err)
		}
	}
	_, err := d.to.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{
		LogGroupName:  &d.group,
		LogStreamName: &d.stream,
	})
	if err != nil && !isThere(err) {
		return fmt.Errorf(msgCreateStream, err)
	}
	return nil
}

func isThere(err error) bool {
	var e *types.ResourceAlreadyExistsException
	return errors.As(err, &e)
}

// Write takes one line: an event, or part of one where lines are joined. It
// never blocks and may be called concurrently. Empty lines make no event. If
// the group or the stream has been deleted the line is lost, as in AWS.
func (d *Driver) Write(l runtime.Line) {
	at := max(l.Time.UnixMilli(), 0)
	if d.starts == nil {
		d.send(at, l.Text)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.starts.MatchString(l.Text) || len(d.pending)+len(l.Text) > maxDriverEvent {
		d.flush()
	}
	if len(d.pending) == 0 {
		d.at, d.timer = at, time.AfterFunc(flushAfter, d.Flush)
	}
	d.pending = append(append(d.pending, l.Text...), '\n')
}

// Flush sends the event that is still open. It is for the container's end;
// before that the driver closes an event when the next one starts, or after
// 5 seconds.
func (d *Driver) Flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.flush()
}

// flush sends the open event; mu is held.
func (d *Driver) flush() {
	if len(d.pending) == 0 {
		return
	}
	d.timer.Stop()
	d.send(d.at, string(d.pending))
	d.pending = nil
}

func (d *Driver) send(at int64, text string) {
	d.to.mu.Lock()
	defer d.to.mu.Unlock()
	g, err := d.to.group(&d.group)
	if err != nil {
		return
	}
	s, err := g.stream(&d.stream)
	if err != nil {
		return
	}
	for part := range split(text, maxDriverEvent) {
		d.to.add(s, at, part)
	}
}

// split yields pieces of text of at most size bytes that end between
// characters.
func split(text string, size int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > size {
			n := size
			for n > size-utf8.UTFMax && !utf8.RuneStart(text[n]) {
				n--
			}
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
		if text != "" {
			yield(text)
		}
	}
}

package simulated

import (
	"fmt"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// message is a line or an event on its way to its callback.
type message struct {
	line  runtime.Line
	event runtime.Event // if its Kind isn't 0
}

// line queues a line. The lock is held.
func (c *container) line(s runtime.Stream, text string) {
	if c.spec.TTY { // a terminal has one stream
		s = runtime.Stdout
	}
	if c.spec.Lines != nil && !c.closed {
		c.mail = append(c.mail, message{line: runtime.Line{Time: time.Now(), Stream: s, Text: text}})
	}
}

// event queues an event. The lock is held.
func (c *container) event(e runtime.Event) {
	if c.spec.Events != nil && !c.closed {
		e.At = time.Now()
		c.mail = append(c.mail, message{event: e})
	}
}

// change runs f with the lock held, if r is what runs, and delivers what it
// queued on this goroutine.
func (c *container) change(r *run, f func()) bool {
	c.mu.Lock()
	if c.closed || r == nil || c.run != r {
		c.mu.Unlock()
		return false
	}
	f()
	c.busy.Add(1)
	c.mu.Unlock()
	defer c.busy.Done()
	c.deliver()
	return true
}

// steer runs f on what runs, with the lock held, and delivers what it queued
// on another goroutine: the caller may hold what the callbacks need.
func (c *container) steer(f func(*run)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil {
		return fmt.Errorf("simulated: container %q of task %s isn't running", c.spec.Name, c.task.spec.ID)
	}
	c.run.agenda.now = time.Now()
	f(c.run)
	if len(c.mail) > 0 && !c.delivering {
		c.busy.Go(c.deliver)
	}
	return nil
}

// deliver makes the callbacks, one at a time and without the lock. If
// another goroutine is at it, that one does it.
func (c *container) deliver() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.delivering {
		return
	}
	c.delivering = true
	for len(c.mail) > 0 {
		m := c.mail[0]
		c.mail = c.mail[1:]
		c.mu.Unlock()
		c.callBack(m)
		c.mu.Lock()
	}
	c.delivering, c.mail = false, nil
}

func (c *container) callBack(m message) {
	if m.event.Kind != 0 {
		c.spec.Events(m.event)
		return
	}
	c.spec.Lines(m.line)
}

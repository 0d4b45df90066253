package docker

import (
	"context"
	"fmt"
	"time"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"
)

// A broken event stream is opened again at once and then after pauses that
// double. Containers are given up when the engine stays away for goneAfter.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
	goneAfter  = 600 * time.Millisecond
)

// watch reads the event stream until the runtime closes. There is one for
// all containers. The session's label is new, so asking for events of the
// past covers the time until the stream is open, whatever the engine's clock
// says.
func (r *Runtime) watch() {
	since := time.Now().Add(-24 * time.Hour).UnixNano()
	for {
		last, err := r.readEvents(since)
		if r.life.Err() != nil {
			return
		}
		r.log.Warn("the engine's event stream broke", "error", err)
		if since = max(since, last+1); !r.awaitEngine(err) {
			return
		}
		r.reconcile()
	}
}

// readEvents dispatches events until the stream ends and returns the time of
// the last one.
func (r *Runtime) readEvents(since int64) (last int64, err error) {
	filters := make(client.Filters).Add("type", string(events.ContainerEventType)).
		Add("label", LabelSession+"="+r.session).
		Add("event", string(events.ActionDie), string(events.ActionOOM), string(events.ActionDestroy),
			string(events.ActionHealthStatus), string(events.ActionExecDie))
	stream := r.engine.client.Events(r.life, client.EventsListOptions{Since: engineTime(since), Filters: filters})
	for {
		select {
		case m := <-stream.Messages:
			last = m.TimeNano
			r.dispatch(m)
		case err := <-stream.Err:
			return last, err
		}
	}
}

// engineTime is a time as the engine's filters take it.
func engineTime(nano int64) string {
	return fmt.Sprintf("%d.%09d", nano/1e9, nano%1e9)
}

func (r *Runtime) dispatch(m events.Message) {
	r.mu.Lock()
	c, exec := r.containers[m.Actor.ID], r.execs[m.Actor.Attributes["execID"]]
	r.mu.Unlock()
	switch {
	case m.Action == events.ActionExecDie:
		if exec != nil {
			exec <- exitCode(m) // has room: an exec dies once
		}
	case c != nil:
		c.hear(m)
	}
}

// awaitEngine waits until the engine answers again and reports whether it
// does. If it stays away the containers are given up meanwhile.
func (r *Runtime) awaitEngine(cause error) bool {
	pause, lost := firstPause, time.AfterFunc(goneAfter, func() { r.giveUp(cause) })
	defer lost.Stop()
	for {
		ctx, cancel := context.WithTimeout(r.life, connectTimeout)
		_, err := r.engine.client.Ping(ctx, client.PingOptions{})
		cancel()
		if err == nil {
			return true
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, lastPause)
		case <-r.life.Done():
			return false
		}
	}
}

// giveUp tells all containers that the engine has gone.
func (r *Runtime) giveUp(cause error) {
	for _, c := range r.known() {
		c.lose(fmt.Sprintf("the Docker engine went away: %v", cause))
	}
}

// reconcile catches up with what the stream didn't tell, because a restarted
// engine forgets its events.
func (r *Runtime) reconcile() {
	for _, c := range r.known() {
		c.lookAgain()
	}
}

func (r *Runtime) known() []*Container {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*Container
	for _, c := range r.containers {
		all = append(all, c)
	}
	return all
}

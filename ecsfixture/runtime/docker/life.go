package docker

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// drainLimit is how long the last lines have to arrive once the engine has
// no log to read them from.
const drainLimit = 200 * time.Millisecond

// life is a container from a start to the event that ends it.
type life struct {
	c       *Container
	started runtime.Started
	mail    chan events.Message // of the engine about the container
	lost    chan string         // why the engine is given up
	ended   chan struct{}       // closed after the last event was delivered
	oom     bool                // the engine told of a lack of memory
}

func newLife(c *Container) *life {
	return &life{
		c: c, ended: make(chan struct{}), lost: make(chan string, 1),
		mail: make(chan events.Message, 64), // what comes before begin
	}
}

// hear takes an event of the engine, unless the life is over.
func (l *life) hear(m events.Message) {
	select {
	case l.mail <- m:
	case <-l.ended:
	}
}

func (l *life) end() { close(l.ended) }

// begin delivers lines and events from here on.
func (l *life) begin() { go l.run() }

func (l *life) run() {
	defer l.end()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, out := l.c.task.rt, &l.c.output
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		out.follow(ctx, r, l.c.id)
	}()
	last := l.await(ctx)
	l.endLog(last, cancel, followed)
	out.finish(r, l.c.id)
	last.OOMKilled = last.OOMKilled || last.Kind == runtime.Exited && l.outOfMemory()
	l.deliver(last)
}

// endLog ends the following of the log; no line comes after the last event.
// After an exit the log is complete and read to its end from where following
// stopped, because engines before 23.0 may end the stream before its last
// message.
func (l *life) endLog(last runtime.Event, cancel context.CancelFunc, followed <-chan struct{}) {
	if last.Kind == runtime.Vanished || l.c.removing.Load() {
		defer time.AfterFunc(drainLimit, cancel).Stop()
	} else {
		cancel()
	}
	<-followed
}

// await handles events until there is one that ends the life.
func (l *life) await(ctx context.Context) runtime.Event {
	for {
		select {
		case m := <-l.mail:
			if last, ok := l.handle(ctx, m); ok {
				return last
			}
		case reason := <-l.lost:
			return vanished(time.Now(), reason)
		case <-l.c.task.rt.life.Done():
			return vanished(time.Now(), "the runtime was closed before the container was removed")
		}
	}
}

func (l *life) handle(ctx context.Context, m events.Message) (last runtime.Event, ok bool) {
	switch action := string(m.Action); {
	case m.Action == events.ActionDie:
		return l.died(ctx, m)
	case m.Action == events.ActionDestroy:
		return vanished(eventTime(m), "the container was removed behind the runtime's back"), true
	case m.Action == events.ActionOOM:
		l.oom = true
	case strings.HasPrefix(action, string(events.ActionHealthStatus)):
		l.health(ctx, m)
	}
	return runtime.Event{}, false
}

// died looks at what the engine knows after the main process ended. Other
// than the event this tells an earlier life's end from this one's, and an
// exit from a removal.
func (l *life) died(ctx context.Context, m events.Message) (runtime.Event, bool) {
	info, err := l.c.task.rt.engine.inspect(ctx, l.c.id)
	removed := errdefs.IsNotFound(err) || err == nil && (info.State.Status == container.StateRemoving || info.State.Dead)
	switch {
	case removed && !l.c.removing.Load():
		return vanished(eventTime(m), "the container was removed behind the runtime's back"), true
	case err == nil && info.State.Running:
		return runtime.Event{}, false
	}
	last := runtime.Event{Kind: runtime.Exited, At: eventTime(m), ExitCode: exitCode(m)}
	if err == nil {
		last.ExitCode, last.OOMKilled = info.State.ExitCode, info.State.OOMKilled
	}
	return last, true
}

// outOfMemory reports whether the engine told so, be it after the exit.
func (l *life) outOfMemory() bool {
	for {
		select {
		case m := <-l.mail:
			l.oom = l.oom || m.Action == events.ActionOOM
		default:
			return l.oom
		}
	}
}

func (l *life) health(ctx context.Context, m events.Message) {
	_, status, _ := strings.Cut(string(m.Action), ": ")
	e := runtime.Event{Kind: runtime.Health, At: eventTime(m), Healthy: status == "healthy"}
	info, err := l.c.task.rt.engine.inspect(ctx, l.c.id)
	if err == nil && info.State.Health != nil && len(info.State.Health.Log) > 0 {
		last := info.State.Health.Log[len(info.State.Health.Log)-1]
		e.ExitCode, e.Output = last.ExitCode, last.Output
	}
	l.deliver(e)
}

func (l *life) deliver(e runtime.Event) {
	if l.c.spec.Events != nil {
		l.c.spec.Events(e)
	}
}

func vanished(at time.Time, reason string) runtime.Event {
	return runtime.Event{Kind: runtime.Vanished, At: at, Reason: reason}
}

func exitCode(m events.Message) int {
	code, _ := strconv.Atoi(m.Actor.Attributes["exitCode"])
	return code
}

func eventTime(m events.Message) time.Time { return time.Unix(0, m.TimeNano) }

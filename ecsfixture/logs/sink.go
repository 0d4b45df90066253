package logs

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// DefaultKeep is how many lines a sink keeps of each container.
const DefaultKeep = 100_000

// DefaultTimeout is how long WaitFor waits.
const DefaultTimeout = 30 * time.Second

// Sink has the lines of all containers, in the order in which they came in.
// Its methods may be called concurrently.
type Sink struct {
	*store
	timeout time.Duration
}

// store is what the views of one sink share.
type store struct {
	keep    int
	explain func(task string) string // may be nil

	// mu guards all that follows. It is never held across a call of a
	// filter or of anything else that isn't this package's.
	mu      sync.Mutex
	last    uint64 // the number of the newest line
	tails   map[source]*tail
	done    map[string]bool // by task ID
	closed  bool
	changed chan struct{} // closed and replaced at each change
	watched bool          // somebody has changed
}

type source struct{ taskARN, container string }

// Option changes how a sink works.
type Option func(*Sink)

// Keep bounds memory: of each container the last n lines are kept,
// [DefaultKeep] unless this option says otherwise.
func Keep(n int) Option { return func(s *Sink) { s.keep = max(n, 1) } }

// Timeout sets how long WaitFor waits, [DefaultTimeout] unless this option
// says otherwise.
func Timeout(d time.Duration) Option { return func(s *Sink) { s.timeout = d } }

// Explain gives the failures of WaitFor the story of the task that they are
// about: f is called with what was given to [Task], and an empty story is left
// out.
func Explain(f func(task string) string) Option { return func(s *Sink) { s.explain = f } }

// NewSink returns a sink without lines.
func NewSink(opts ...Option) *Sink {
	s := &Sink{timeout: DefaultTimeout, store: &store{
		keep:    DefaultKeep,
		tails:   map[source]*tail{},
		done:    map[string]bool{},
		changed: make(chan struct{}),
	}}
	for _, o := range opts {
		o(s)
	}
	return s
}

// Writer returns what takes the lines of one container. It never blocks and
// may be called concurrently.
func (s *Sink) Writer(taskARN, container string) func(runtime.Line) {
	from, id := source{taskARN, container}, taskID(taskARN)
	return func(l runtime.Line) {
		s.add(from, Line{l.Time, taskARN, id, container, l.Stream, l.Text})
	}
}

func (s *store) add(from source, l Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tails[from]
	if t == nil {
		t = &tail{keep: s.keep}
		s.tails[from] = t
	}
	s.last++
	t.add(numbered{l, s.last})
	s.announce()
}

// announce wakes who watches; mu is held.
func (s *store) announce() {
	if s.watched {
		close(s.changed)
		s.changed, s.watched = make(chan struct{}), false
	}
}

// Done notes that no more lines of a task will come. It ends the waits that
// are for that task only.
func (s *Sink) Done(taskARN string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[taskID(taskARN)] = true
	s.announce()
}

// Close ends all waits. Lines that still come are kept.
func (s *Sink) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.announce()
}

// Lines returns the lines that pass all filters, in the order in which they
// came in.
func (s *Sink) Lines(filter ...Filter) []Line {
	return filters(filter).choose(s.watch(0).lines)
}

// Text returns the text of the lines that pass all filters, each ended by a
// line feed.
func (s *Sink) Text(filter ...Filter) string {
	var b strings.Builder
	for _, l := range s.Lines(filter...) {
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

// view is what a sink has at a moment.
type view struct {
	lines   []numbered // newer than what was asked for
	last    uint64
	over    bool            // no more lines will come
	changed <-chan struct{} // closed when there is more to see
}

// watch returns the lines after number n; only of a view for a task, if one
// is named, the end of that task is the end.
func (s *store) watch(n uint64, tasks ...string) view {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := view{last: s.last, over: s.closed, changed: s.changed}
	for _, t := range s.tails {
		v.lines = append(v.lines, t.after(n)...)
	}
	for _, id := range tasks {
		v.over = v.over || s.done[id]
	}
	s.watched = true
	slices.SortFunc(v.lines, func(a, b numbered) int { return cmp.Compare(a.n, b.n) })
	return v
}

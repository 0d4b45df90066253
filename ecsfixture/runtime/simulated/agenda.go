package simulated

import (
	"slices"
	"time"
)

// agenda is what a run has still to do, in the order of time and, at the
// same time, of entry. One timer serves it, so that the order is the same
// in every run however late timers fire.
type agenda struct {
	items []item
	timer *time.Timer // for the first item, nil if there is none
	now   time.Time   // the time that what happens belongs to
}

type item struct {
	at time.Time
	do func()
}

// after enters f to run with the lock held, unless the run is over by then.
func (r *run) after(d time.Duration, f func()) {
	at := r.agenda.now.Add(d)
	i := len(r.agenda.items)
	for i > 0 && r.agenda.items[i-1].at.After(at) {
		i--
	}
	r.agenda.items = slices.Insert(r.agenda.items, i, item{at, f})
	if i == 0 {
		r.schedule()
	}
}

// schedule sets the timer for the first item.
func (r *run) schedule() {
	r.unschedule()
	if len(r.agenda.items) == 0 {
		return
	}
	c := r.c
	c.busy.Add(1)
	r.agenda.timer = time.AfterFunc(time.Until(r.agenda.items[0].at), func() {
		defer c.busy.Done()
		c.change(r, r.catchUp)
	})
}

func (r *run) unschedule() {
	if r.agenda.timer != nil && r.agenda.timer.Stop() {
		r.c.busy.Done()
	}
	r.agenda.timer = nil
}

// catchUp does all that is due. An item takes place at its own time even if
// the timer was late, so what it enters comes in order too.
func (r *run) catchUp() {
	present := time.Now()
	for r.c.run == r && len(r.agenda.items) > 0 && !r.agenda.items[0].at.After(present) {
		first := r.agenda.items[0]
		r.agenda.items = r.agenda.items[1:]
		r.agenda.now = first.at
		first.do()
	}
	if r.c.run == r {
		r.schedule()
	}
}

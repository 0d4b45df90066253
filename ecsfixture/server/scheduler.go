package server

import (
	"slices"
	"time"
)

// seat is a task in its fleet, as the scheduler sees it.
type seat struct {
	id        string
	state     seatState
	healthy   bool     // it runs, and every check that it has says so
	sick      string   // why a check says that it is to be replaced
	protected bool     // from scale-in and deployments
	evicted   bool     // its instance can't keep it
	places    []string // of its instance, by which tasks are spread
}

type seatState int

const (
	starting seatState = iota
	serving            // RUNNING
	leaving            // its end has been asked for
)

// fleet is the tasks of one deployment or task set.
type fleet struct {
	want    int
	halted  bool      // nothing is launched any more
	cramped bool      // the last launch found no place for all
	from    time.Time // nothing is launched before
	seats   []seat    // oldest first
}

// scene is all that decides what the scheduler does next.
type scene struct {
	now time.Time
	// rolling says that the first fleet replaces the others, within lower
	// and upper. Otherwise each fleet is brought to what it wants.
	rolling      bool
	bounded      bool // by upper, also when nothing rolls
	desired      int
	lower, upper int
	exclusive    bool    // a task that is leaving still has its place
	fleets       []fleet // newest first
}

// move is one thing to do: launch so many tasks of a fleet, or stop one.
type move struct {
	fleet  int
	launch int
	stop   string // id of a task
	sick   string // why, if not for a deployment or scale-in
}

// plan is what follows from a scene.
type plan struct {
	moves   []move
	wake    time.Time // when to look again; zero if only an event helps
	stalled bool      // the bounds leave no room for the deployment
}

// bounds are how many tasks must stay healthy during a deployment, and how
// many there may be, rounded as ECS rounds them.
func bounds(desired, minimumHealthyPercent, maximumPercent int) (lower, upper int) {
	return (desired*minimumHealthyPercent + 99) / 100, desired * maximumPercent / 100
}

// schedule decides what a service does next.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
func schedule(sc scene) (p plan) {
	sc, of := sc.evict(&p)
	for i := range sc.fleets {
		if sc.rolling && i > 0 {
			continue
		}
		room := maxRoom
		if sc.rolling || sc.bounded {
			room = sc.upper - sc.occupied() - p.launches()
		}
		sc.fill(&p, i, room)
	}
	if sc.rolling && len(sc.fleets) > 0 {
		sc.replace(&p)
	}
	for i := range p.moves {
		p.moves[i].fleet = of[p.moves[i].fleet]
	}
	return p
}

// maxRoom is the room of a fleet that no bound holds.
const maxRoom = 1 << 30

// occupied counts the places that are taken.
func (sc scene) occupied() (n int) {
	for _, f := range sc.fleets {
		n += f.count(func(s seat) bool { return s.state != leaving || sc.exclusive })
	}
	return n
}

// fill brings one fleet to what it wants, as far as there is room.
func (sc scene) fill(p *plan, i, room int) {
	f := sc.fleets[i]
	well := f.count(seat.well)
	need := f.want - well
	if need < 0 {
		p.scaleIn(i, f, -need)
	}
	p.dismissSick(i, f, need-room)
	if n := min(need, room); n > 0 && !f.halted {
		p.launch(sc.now, i, f, n)
	}
}

// launches counts the tasks that are to be launched.
func (p *plan) launches() (n int) {
	for _, m := range p.moves {
		n += m.launch
	}
	return n
}

func (p *plan) launch(now time.Time, i int, f fleet, n int) {
	if f.from.After(now) {
		p.wake = f.from
		return
	}
	p.moves = append(p.moves, move{fleet: i, launch: n})
}

// scaleIn stops n tasks: first those that don't serve yet, then those where
// most are by the spread strategies, then the newest, and never a protected
// one.
func (p *plan) scaleIn(i int, f fleet, n int) {
	well := slices.DeleteFunc(slices.Clone(f.seats), func(s seat) bool { return !s.well() })
	slices.Reverse(well)
	slices.SortStableFunc(well, func(a, b seat) int { return int(a.state) - int(b.state) })
	for ; n > 0; n-- {
		at := dispensable(well)
		if at < 0 {
			return
		}
		p.moves = append(p.moves, move{fleet: i, stop: well[at].id})
		well = slices.Delete(well, at, at+1)
	}
}

// dismissSick stops tasks that a check has found unhealthy: all of them once
// others do their work, and before that as many as stand in the way of their
// replacements.
func (p *plan) dismissSick(i int, f fleet, inTheWay int) {
	if f.halted || f.count(func(s seat) bool { return s.well() && s.healthy }) >= f.want {
		inTheWay = len(f.seats)
	}
	for _, s := range f.seats {
		if s.sick != "" && s.state != leaving && inTheWay > 0 {
			p.moves = append(p.moves, move{fleet: i, stop: s.id, sick: s.sick})
			inTheWay--
		}
	}
}

// replace stops the tasks of older deployments: those that serve nobody at
// once, the others as the new ones take over or as room for them is needed,
// but never below the lower bound.
func (sc scene) replace(p *plan) {
	healthy := sc.healthy()
	need := sc.fleets[0].want - sc.fleets[0].count(seat.well)
	room := max(0, sc.upper-sc.occupied())
	spare := min(healthy-sc.lower, max(healthy-sc.desired, need-sc.places(room)))
	before := len(p.moves)
	for i, f := range sc.fleets[1:] {
		for _, s := range f.seats {
			if s.state == leaving || s.protected && s.sick == "" {
				continue
			}
			if s.healthy {
				if spare <= 0 {
					continue
				}
				spare--
			}
			p.moves = append(p.moves, move{fleet: i + 1, stop: s.id, sick: s.sick})
		}
	}
	p.stalled = len(p.moves) == before && need > 0 && room == 0 && sc.stuck()
}

// places is how many of the tasks that the bounds have room for find a place:
// where one found none, old ones have to go first.
func (sc scene) places(room int) int {
	if sc.fleets[0].cramped {
		return 0
	}
	return room
}

// stuck reports whether nothing is under way that could make room.
func (sc scene) stuck() bool {
	for _, f := range sc.fleets {
		if f.count(func(s seat) bool { return s.state != serving || s.protected || !s.healthy }) > 0 {
			return false
		}
	}
	return true
}

func (sc scene) healthy() (n int) {
	for _, f := range sc.fleets {
		n += f.count(func(s seat) bool { return s.healthy && s.well() })
	}
	return n
}

// well reports whether a task does its work or may still come to do it.
func (s seat) well() bool { return s.state != leaving && s.sick == "" }

func (f fleet) count(want func(seat) bool) (n int) {
	for _, s := range f.seats {
		if want(s) {
			n++
		}
	}
	return n
}

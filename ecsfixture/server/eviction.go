package server

import "slices"

// evict sets the tasks apart that their instances can't keep: as fleets that
// are replaced like older deployments, within the same bounds. Daemons, which
// have nowhere else to go, are stopped. It returns the scene with these
// fleets, and which of the old ones each of them comes from.
func (sc scene) evict(p *plan) (scene, []int) {
	var stay, apart []fleet
	var of, owners []int
	for i, f := range sc.fleets {
		staying, evicted := f.divide()
		stay, of = append(stay, staying), append(of, i)
		switch {
		case len(evicted) == 0:
		case sc.exclusive:
			p.dismiss(i, evicted)
		default:
			apart, owners = append(apart, sc.replaceable(staying, evicted)), append(owners, i)
		}
	}
	at := min(1, len(stay)) // before the older deployments
	sc.fleets, of = slices.Insert(stay, at, apart...), slices.Insert(of, at, owners...)
	return sc, of
}

// divide takes the evicted tasks out of a fleet.
func (f fleet) divide() (staying fleet, evicted []seat) {
	staying = f
	staying.seats = nil
	for _, s := range f.seats {
		if s.evicted {
			evicted = append(evicted, s)
			continue
		}
		staying.seats = append(staying.seats, s)
	}
	return staying, evicted
}

// dismiss stops tasks that are not protected.
func (p *plan) dismiss(i int, seats []seat) {
	for _, s := range seats {
		if s.state != leaving && !s.protected {
			p.moves = append(p.moves, move{fleet: i, stop: s.id})
		}
	}
}

// replaceable is the fleet of the evicted. Where fleets don't replace each
// other, it keeps what is missing of the healthy ones that stay.
func (sc scene) replaceable(staying fleet, evicted []seat) fleet {
	out := fleet{halted: true, seats: evicted}
	if !sc.rolling {
		out.want = max(0, staying.want-staying.count(func(s seat) bool { return s.healthy && s.well() }))
	}
	return out
}

// dispensable returns the index of the task that is missed least, -1 if all
// are protected: of the first ones that are in the same state, one where most
// are.
func dispensable(seats []seat) int {
	best := -1
	for i, s := range seats {
		switch {
		case s.protected:
		case best < 0, s.state == seats[best].state && slices.Compare(s.crowd(seats), seats[best].crowd(seats)) > 0:
			best = i
		}
	}
	return best
}

// crowd counts, for each of the places of s, the tasks that are there.
func (s seat) crowd(seats []seat) []int {
	counts := make([]int, len(s.places))
	for i, place := range s.places {
		for _, other := range seats {
			if i < len(other.places) && other.places[i] == place {
				counts[i]++
			}
		}
	}
	return counts
}

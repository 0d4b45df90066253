package server

import (
	"testing"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
)

func TestBounds(t *testing.T) {
	for _, c := range []struct{ desired, least, most, lower, upper int }{
		{4, 100, 200, 4, 8},
		{4, 50, 200, 2, 8},
		{3, 50, 150, 2, 4}, // up and down
		{1, 50, 150, 1, 1},
		{1, 0, 100, 0, 1},
		{5, 75, 125, 4, 6},
		{0, 100, 200, 0, 0},
		{7, 33, 133, 3, 9},
	} {
		lower, upper := bounds(c.desired, c.least, c.most)
		assert.Equal(t, c.lower, lower, "%+v", c)
		assert.Equal(t, c.upper, upper, "%+v", c)
	}
}

// of makes a fleet: s starts, u is up, h healthy, x sick, l leaving, p
// protected and healthy; the capital ones are evicted. A seat's id is its place, after the fleet's name.
func of(name string, want int, seats string) fleet {
	f := fleet{want: want}
	for i, r := range seats {
		s := seat{id: name + string(rune('0'+i))}
		s.evicted = unicode.IsUpper(r)
		switch unicode.ToLower(r) {
		case 'u':
			s.state = serving
		case 'h':
			s.state, s.healthy = serving, true
		case 'x':
			s.state, s.sick = serving, "sick"
		case 'l':
			s.state = leaving
		case 'p':
			s.state, s.healthy, s.protected = serving, true, true
		}
		f.seats = append(f.seats, s)
	}
	return f
}

func cramped(f fleet) fleet {
	f.cramped = true
	return f
}

// at gives the seats of a fleet their places, a letter each.
func at(f fleet, places ...string) fleet {
	for i, letters := range places {
		for _, r := range letters {
			f.seats[i].places = append(f.seats[i].places, string(r))
		}
	}
	return f
}

func rolling(desired, least, most int, fleets ...fleet) scene {
	sc := scene{now: time.Unix(1000, 0), rolling: true, desired: desired, fleets: fleets}
	sc.lower, sc.upper = bounds(desired, least, most)
	return sc
}

func TestSchedule(t *testing.T) {
	exclusive := func(sc scene) scene { sc.exclusive = true; return sc }
	settled := func(sc scene) scene { sc.rolling = false; return sc }
	bounded := func(sc scene) scene { sc.rolling, sc.bounded = false, true; return sc }
	late := of("n", 1, "")
	late.from = time.Unix(1001, 0)
	halted := of("n", 3, "hx")
	halted.halted = true
	for name, c := range map[string]struct {
		sc       scene
		launches int
		stops    []string
		stalled  bool
	}{
		"first tasks":              {sc: rolling(3, 100, 200, of("n", 3, "")), launches: 3},
		"enough":                   {sc: rolling(3, 100, 200, of("n", 3, "hhs"))},
		"one was lost":             {sc: rolling(3, 100, 200, of("n", 3, "hhl")), launches: 1},
		"none lost, max 100":       {sc: rolling(2, 100, 100, of("n", 2, "hl")), launches: 1},
		"scale in, starting first": {sc: rolling(1, 100, 200, of("n", 1, "hhs")), stops: []string{"n2", "n1"}},
		"scale in keeps protected": {sc: rolling(1, 100, 200, of("n", 1, "hpp")), stops: []string{"n0"}},
		"scale to 0":               {sc: rolling(0, 100, 200, of("n", 0, "hh")), stops: []string{"n1", "n0"}},

		"evicted are replaced first":      {sc: rolling(2, 100, 200, of("n", 2, "Hh")), launches: 1},
		"and stay until that is healthy":  {sc: rolling(2, 100, 200, of("n", 2, "Hhu"))},
		"and go then":                     {sc: rolling(2, 100, 200, of("n", 2, "Hhh")), stops: []string{"n0"}},
		"evicted go first where they may": {sc: rolling(2, 50, 100, of("n", 2, "HH")), stops: []string{"n0"}},
		"then others come":                {sc: rolling(2, 50, 100, of("n", 2, "LH")), launches: 1},
		"evicted that serve nobody go":    {sc: rolling(2, 100, 100, of("n", 2, "Sh")), stops: []string{"n0"}, launches: 0},
		"no room for the evicted":         {sc: rolling(2, 100, 100, of("n", 2, "Hh")), stalled: true},
		"evicted and protected":           {sc: rolling(1, 100, 200, of("n", 1, "Ph"))},
		"evicted before the old":          {sc: rolling(2, 50, 100, of("n", 2, "H"), of("o", 0, "h")), stops: []string{"n0"}},
		"evicted of a fleet apart":        {sc: settled(rolling(2, 100, 200, of("n", 2, "Hh"))), launches: 1},
		"that waits, too":                 {sc: settled(rolling(2, 100, 200, of("n", 2, "Hhu")))},
		"and goes, too":                   {sc: settled(rolling(2, 100, 200, of("n", 2, "Hhh"))), stops: []string{"n0"}},
		"no place, but old ones may go":   {sc: rolling(4, 50, 200, cramped(of("n", 4, "")), of("o", 0, "hhhh")), launches: 4, stops: []string{"o0", "o1"}},
		"no place, and none may go":       {sc: rolling(4, 100, 200, cramped(of("n", 4, "")), of("o", 0, "hhhh")), launches: 4},
		"evicted daemons":                 {sc: exclusive(rolling(1, 0, 100, of("n", 1, "HhS"))), stops: []string{"n0", "n2"}},
		"a daemon for each":               {sc: exclusive(rolling(2, 0, 100, of("n", 2, "Lh"))), launches: 1},
		"scale in where most are":         {sc: rolling(2, 100, 200, at(of("n", 2, "hhhh"), "a", "b", "b", "c")), stops: []string{"n2", "n3"}},
		"then in the fuller instance":     {sc: rolling(3, 100, 200, at(of("n", 3, "hhhh"), "a1", "a1", "b2", "b3")), stops: []string{"n1"}},

		"update starts all that fit":     {sc: rolling(4, 100, 150, of("n", 4, ""), of("o", 0, "hhhh")), launches: 2},
		"update waits for health":        {sc: rolling(4, 100, 150, of("n", 4, "su"), of("o", 0, "hhhh"))},
		"update replaces one by one":     {sc: rolling(4, 100, 150, of("n", 4, "hu"), of("o", 0, "hhhh")), stops: []string{"o0"}},
		"update goes on in the room":     {sc: rolling(4, 100, 150, of("n", 4, "hu"), of("o", 0, "lhhh")), launches: 1},
		"update ends":                    {sc: rolling(2, 100, 200, of("n", 2, "hh"), of("o", 0, "hh")), stops: []string{"o0", "o1"}},
		"update makes room first":        {sc: rolling(4, 50, 100, of("n", 4, ""), of("o", 0, "hhhh")), stops: []string{"o0", "o1"}},
		"update keeps what it can":       {sc: rolling(4, 50, 200, of("n", 4, ""), of("o", 0, "hhhh")), launches: 4},
		"update without room":            {sc: rolling(1, 100, 100, of("n", 1, ""), of("o", 0, "h")), stalled: true},
		"update drops who serves nobody": {sc: rolling(2, 100, 200, of("n", 2, "ss"), of("o", 0, "hsu")), stops: []string{"o1", "o2"}},
		"update leaves protected":        {sc: rolling(2, 100, 200, of("n", 2, "hh"), of("o", 0, "ph")), stops: []string{"o1"}},
		"three generations":              {sc: rolling(2, 100, 200, of("n", 2, "hs"), of("m", 0, "s"), of("o", 0, "hh")), stops: []string{"m0", "o0"}},

		"sick one is replaced first":  {sc: rolling(2, 100, 200, of("n", 2, "hx")), launches: 1},
		"sick one waits":              {sc: rolling(2, 100, 200, of("n", 2, "hxs"))},
		"sick one goes":               {sc: rolling(2, 100, 200, of("n", 2, "hxh")), stops: []string{"n1"}},
		"sick one is in the way":      {sc: rolling(2, 100, 100, of("n", 2, "hx")), stops: []string{"n1"}},
		"all are sick, no room":       {sc: rolling(1, 100, 200, of("n", 1, "xx")), stops: []string{"n0"}},
		"new sick one between others": {sc: rolling(1, 100, 200, of("n", 1, "x"), of("o", 0, "h")), stops: []string{"n0"}},

		"daemon stops before it starts":          {sc: exclusive(rolling(1, 0, 100, of("n", 1, ""), of("o", 0, "h"))), stops: []string{"o0"}},
		"daemon waits for the place":             {sc: exclusive(rolling(1, 0, 100, of("n", 1, ""), of("o", 0, "l")))},
		"daemon takes the place":                 {sc: exclusive(rolling(1, 0, 100, of("n", 1, ""))), launches: 1},
		"after a failure, too, there is no room": {sc: bounded(rolling(2, 100, 100, of("n", 2, "hx"))), stops: []string{"n1"}},
		"too early after failures":               {sc: rolling(1, 100, 200, late)},
		"halted: the sick go, none comes":        {sc: settled(rolling(3, 100, 200, halted)), stops: []string{"n1"}},
		"each fleet by itself":                   {sc: settled(rolling(2, 100, 100, of("n", 2, "h"), of("o", 2, "hh"))), launches: 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := schedule(c.sc)
			launches, stops := 0, []string(nil)
			for _, m := range p.moves {
				launches += m.launch
				if m.stop != "" {
					stops = append(stops, m.stop)
				}
			}
			assert.Equal(t, c.launches, launches, "launches")
			assert.Equal(t, c.stops, stops, "stops")
			assert.Equal(t, c.stalled, p.stalled, "stalled")
		})
	}
}

func TestScheduleWakesAfterBackoff(t *testing.T) {
	f := of("n", 1, "")
	f.from = time.Unix(1001, 0)
	assert.Equal(t, f.from, schedule(rolling(1, 100, 200, f)).wake)
}

// TestScheduleNeverBreaksItsBounds plays deployments to their ends, with every
// pair of percentages that leaves room.
func TestScheduleNeverBreaksItsBounds(t *testing.T) {
	for desired := range 7 {
		for _, least := range []int{0, 33, 50, 100} {
			for _, most := range []int{100, 125, 150, 200} {
				play(t, desired, least, most)
			}
		}
	}
}

func play(t *testing.T, desired, least, most int) {
	t.Helper()
	sc := rolling(desired, least, most, of("n", desired, ""), of("o", 0, "hhhhhhh"[:desired]))
	for range 40 {
		for _, m := range schedule(sc).moves {
			apply(&sc, m)
		}
		assert.LessOrEqual(t, sc.occupied(), max(sc.upper, desired), "%d %d %d", desired, least, most)
		assert.GreaterOrEqual(t, sc.healthy(), sc.lower, "%d %d %d", desired, least, most)
		settle1(&sc)
	}
	if sc.upper > sc.lower || desired == 0 {
		assert.Empty(t, sc.fleets[1].seats, "%d %d %d", desired, least, most)
		assert.Len(t, sc.fleets[0].seats, desired)
	}
}

func apply(sc *scene, m move) {
	f := &sc.fleets[m.fleet]
	for range m.launch {
		f.seats = append(f.seats, seat{id: "new"})
	}
	for i := range f.seats {
		if m.stop != "" && f.seats[i].id == m.stop {
			f.seats[i].state = leaving
		}
	}
}

// settle1 has one task that starts become healthy, and all that leave be gone.
func settle1(sc *scene) {
	one := true
	for i := range sc.fleets {
		var stay []seat
		for _, s := range sc.fleets[i].seats {
			if s.state == leaving {
				continue
			}
			if s.state == starting && one {
				s.state, s.healthy, one = serving, true, false
			}
			stay = append(stay, s)
		}
		sc.fleets[i].seats = stay
	}
}

func TestThreshold(t *testing.T) {
	with := func(kind types.ThresholdType, value int32) *types.DeploymentCircuitBreaker {
		return &types.DeploymentCircuitBreaker{Enable: true, ThresholdConfiguration: &types.ThresholdConfiguration{Type: kind, Value: value}}
	}
	for _, c := range []struct {
		breaker *types.DeploymentCircuitBreaker
		desired int
		want    int
	}{
		{nil, 0, 3}, {nil, 1, 3}, {nil, 6, 3}, {nil, 7, 4}, {nil, 25, 13}, {nil, 400, 200}, {nil, 800, 200},
		{with(types.ThresholdTypeCount, 1), 100, 1},
		{with(types.ThresholdTypeCount, 500), 1, 500},
		{with(types.ThresholdTypeBoundedPercent, 10), 100, 10},
		{with(types.ThresholdTypeBoundedPercent, 10), 5, 3},
		{with(types.ThresholdTypeUnboundedPercent, 10), 5, 1},
		{with(types.ThresholdTypeUnboundedPercent, 50), 800, 400},
	} {
		assert.Equal(t, c.want, threshold(c.breaker, c.desired), "%d", c.desired)
	}
}

func TestTripped(t *testing.T) {
	on := &types.DeploymentCircuitBreaker{Enable: true}
	assert.False(t, tripped(on, 1, 2))
	assert.True(t, tripped(on, 1, 3))
	assert.False(t, tripped(&types.DeploymentCircuitBreaker{}, 1, 300))
	assert.False(t, tripped(nil, 1, 300))
}

func TestForgives(t *testing.T) {
	no := false
	assert.True(t, forgives(nil))
	assert.True(t, forgives(&types.DeploymentCircuitBreaker{}))
	assert.False(t, forgives(&types.DeploymentCircuitBreaker{ResetOnHealthyTask: &no}))
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 1: 0, 2: time.Second, 3: 2 * time.Second, 4: 4 * time.Second, 10: 256 * time.Second,
		12: 1024 * time.Second, 13: 27 * time.Minute, 14: 27 * time.Minute, 1000: 27 * time.Minute,
	} {
		assert.Equal(t, want, backoff(failures), "%d", failures)
	}
}

func TestTrafficSteps(t *testing.T) {
	percent, none, five := 30.0, int32(0), int32(5)
	linear := types.DeploymentConfiguration{Strategy: types.DeploymentStrategyLinear, LinearConfiguration: &types.LinearConfiguration{StepPercent: &percent, StepBakeTimeInMinutes: &five}}
	assert.Equal(t, []trafficStep{{30, 5 * time.Minute}, {60, 5 * time.Minute}, {90, 5 * time.Minute}, {percent: 100}}, trafficSteps(linear))
	canary := types.DeploymentConfiguration{Strategy: types.DeploymentStrategyCanary, CanaryConfiguration: &types.CanaryConfiguration{CanaryBakeTimeInMinutes: &none}}
	assert.Equal(t, []trafficStep{{5, 0}, {percent: 100}}, trafficSteps(canary))
	assert.Equal(t, []trafficStep{{percent: 100}}, trafficSteps(types.DeploymentConfiguration{Strategy: types.DeploymentStrategyBlueGreen}))
	assert.Len(t, trafficSteps(types.DeploymentConfiguration{Strategy: types.DeploymentStrategyLinear}), 10)
}

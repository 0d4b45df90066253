package placement

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// room is an instance with plenty of everything.
func room(id string, change ...func(*Instance)) Instance {
	i := Instance{
		ID: id, AgentConnected: true, Attributes: map[string]string{},
		Free: Room{CPU: 1024, Memory: 1000, ENIs: 3, TCP: []int{22}},
	}
	for _, f := range change {
		f(&i)
	}
	return i
}

func with(name, value string) func(*Instance) {
	return func(i *Instance) { i.Attributes[name] = value }
}

func zone(z string) func(*Instance) { return with("ecs.availability-zone", z) }

func free(cpu, memory int) func(*Instance) {
	return func(i *Instance) { i.Free.CPU, i.Free.Memory = cpu, memory }
}

func running(groups ...string) func(*Instance) {
	return func(i *Instance) {
		for _, g := range groups {
			i.Tasks = append(i.Tasks, Task{g})
		}
	}
}

func member(t *testing.T, expression string) Rules {
	t.Helper()
	q, err := Parse(expression)
	require.NoError(t, err)
	return Rules{Members: []Query{q}}
}

func TestWhatAnInstanceLacks(t *testing.T) {
	away := func(i *Instance) { i.AgentConnected = false }
	for _, c := range []struct {
		name     string
		instance Instance
		demand   Demand
		rules    Rules
		want     Reason
	}{
		{"nothing", room("a"), Demand{CPU: 1024, Memory: 1000, ENI: true, TCP: []int{80}}, Rules{}, ""},
		{"an agent", room("a", away, free(0, 0)), Demand{CPU: 1}, Rules{}, Agent},
		{"an attribute", room("a", free(0, 0)), Demand{CPU: 1, Attributes: []string{"x"}}, Rules{}, Attribute},
		{"no attribute", room("a", with("x", "")), Demand{Attributes: []string{"x"}}, Rules{}, ""},
		{"membership", room("a", zone("b"), free(0, 0)), Demand{CPU: 1}, member(t, "attribute:ecs.availability-zone == a"), Membership},
		{"distinction", room("a", running("g"), free(0, 0)), Demand{CPU: 1, Group: "g"}, Rules{Distinct: true}, Distinct},
		{"no distinction", room("a", running("other")), Demand{Group: "g"}, Rules{Distinct: true}, ""},
		{"CPU", room("a", free(10, 0)), Demand{CPU: 11, Memory: 1}, Rules{}, CPU},
		{"memory", room("a", free(10, 10)), Demand{CPU: 10, Memory: 11, TCP: []int{22}}, Rules{}, Memory},
		{"a port", room("a"), Demand{TCP: []int{80, 22}, ENI: true}, Rules{}, Ports},
		{"no port of the other protocol", room("a"), Demand{UDP: []int{22}}, Rules{}, ""},
		{"ports for so many", room("a"), Demand{TCP: make([]int, MaxPorts)}, Rules{}, Ports},
		{"an interface", room("a", func(i *Instance) { i.Free.ENIs = 0 }), Demand{ENI: true}, Rules{}, ENI},
	} {
		assert.Equal(t, c.want, Check(c.instance, c.demand, c.rules), c.name)
	}
}

func TestFind(t *testing.T) {
	byZone := Strategy{SpreadBy, "attribute:ecs.availability-zone"}
	byInstance := Strategy{SpreadBy, FieldInstance}
	for _, c := range []struct {
		name  string
		list  []Instance
		rules Rules
		want  string
	}{
		{"the emptier", []Instance{room("a", running("x")), room("b")}, Rules{}, "b"},
		{"that without the group first", []Instance{room("a", running("g")), room("b", running("x", "x"))}, Rules{}, "b"},
		{"the one that fits", []Instance{room("a", free(0, 0)), room("b", running("g"))}, Rules{}, "b"},
		{
			"zones are filled evenly",
			[]Instance{room("a", zone("1")), room("b", zone("1"), running("g")), room("c", zone("2"), running("x", "x"))},
			Rules{Strategies: []Strategy{byZone}}, "c",
		},
		{
			"a zone counts also where it has no room",
			[]Instance{room("a", zone("1")), room("b", zone("1"), running("g", "g"), free(0, 0)), room("c", zone("2"), running("g"))},
			Rules{Strategies: []Strategy{byZone}}, "c",
		},
		{
			"then instances",
			[]Instance{room("a", zone("1"), running("g")), room("b", zone("1")), room("c", zone("2"), running("g"))},
			Rules{Strategies: []Strategy{byZone, byInstance}}, "b",
		},
		{"host is the instance", []Instance{room("a", running("g")), room("b")}, Rules{Strategies: []Strategy{{SpreadBy, FieldHost}}}, "b"},
		{"memory is packed", []Instance{room("a", free(1, 900)), room("b", free(9, 100)), room("c", free(1, 500))}, Rules{Strategies: []Strategy{{Binpack, FieldMemory}}}, "b"},
		{"CPU is packed", []Instance{room("a", free(500, 1)), room("b", free(100, 9)), room("c", free(50, 0))}, Rules{Strategies: []Strategy{{Binpack, FieldCPU}}}, "b"},
		{
			"zones first, then packed",
			[]Instance{room("a", zone("1"), running("g"), free(1, 1)), room("b", zone("2"), free(9, 900)), room("c", zone("2"), free(9, 100))},
			Rules{Strategies: []Strategy{byZone, {Binpack, FieldMemory}}}, "c",
		},
		{"any", []Instance{room("a"), room("b"), room("c")}, Rules{Strategies: []Strategy{{Kind: Random}}}, "c"},
	} {
		i, _ := Find(c.list, Demand{Group: "g", CPU: 1, Memory: 1}, c.rules, func(n int) int { return n - 1 })
		if assert.GreaterOrEqual(t, i, 0, c.name) {
			assert.Equal(t, c.want, c.list[i].ID, c.name)
		}
	}
}

func TestFindFails(t *testing.T) {
	list := []Instance{room("a", free(1, 1)), room("b", free(9, 1)), room("c")}
	i, failures := Find(list, Demand{CPU: 5, Memory: 5, Attributes: []string{"x"}}, Rules{}, nil)
	assert.Equal(t, -1, i)
	assert.Equal(t, []Failure{{0, Attribute}, {1, Attribute}, {2, Attribute}}, failures)
	i, failures = Find(list[:2], Demand{CPU: 5, Memory: 5}, Rules{}, nil)
	assert.Equal(t, -1, i)
	assert.Equal(t, []Failure{{0, CPU}, {1, Memory}}, failures)
	assert.Equal(t, Failure{1, Memory}, Closest(failures))
	i, failures = Find(nil, Demand{}, Rules{}, nil)
	assert.Equal(t, -1, i)
	assert.Empty(t, failures)
}

func TestStrategyFields(t *testing.T) {
	for s, want := range map[Strategy]bool{
		{Kind: Random}: true, {SpreadBy, "instanceId"}: true, {SpreadBy, "host"}: true, {SpreadBy, "attribute:x"}: true,
		{SpreadBy, "attribute:"}: false, {SpreadBy, "cpu"}: false, {SpreadBy, ""}: false,
		{Binpack, "cpu"}: true, {Binpack, "memory"}: true, {Binpack, "disk"}: false,
	} {
		assert.Equal(t, want, s.Valid(), "%v", s)
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name   string
		shares []Share
		n      int
		want   []int
	}{
		{"one without a weight", []Share{{}}, 3, []int{0, 0, 0}},
		{"by weight", []Share{{Weight: 1}, {Weight: 3}}, 8, []int{1, 1, 1, 0, 1, 1, 1, 0}},
		{"the base first", []Share{{Weight: 1}, {Base: 2, Weight: 1}}, 6, []int{1, 1, 0, 1, 0, 1}},
		{"a base alone", []Share{{Base: 2}, {Weight: 1}}, 4, []int{0, 0, 1, 1}},
		{"only a base", []Share{{}, {Base: 1}}, 2, []int{1, 1}},
		{"what is there counts", []Share{{Weight: 1, Has: 2}, {Weight: 1}}, 3, []int{1, 1, 0}},
		{"a base that is there", []Share{{Base: 1, Weight: 0, Has: 1}, {Weight: 1}}, 2, []int{1, 1}},
		{"a weight of none", []Share{{Weight: 0}, {Weight: 5}}, 2, []int{1, 1}},
	} {
		assert.Equal(t, c.want, Spread(c.shares, c.n), c.name)
	}
}

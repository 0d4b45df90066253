package runtimetest

import "github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"

var healthTests = []test{
	{"tells each change once", healthChanges},
	{"is silent without a check", noHealth},
}

func healthChanges(k *kit) {
	c, r := k.start(Sickens)
	r.awaitEvents(k.T, 2)
	k.must(c.Stop(k.Context(), k.h.Wait))
	got := r.awaitEvents(k.T, 3)
	if len(got) != 3 || !isHealth(got[0], true) || !isHealth(got[1], false) || got[2].Kind != runtime.Exited {
		k.Fatalf("want healthy, unhealthy, exit; told: %s", r)
	}
}

// isHealth also wants the exit code of the check: 1 of the one that fails.
func isHealth(e runtime.Event, healthy bool) bool {
	return e.Kind == runtime.Health && e.Healthy == healthy && (e.ExitCode == 0) == healthy
}

func noHealth(k *kit) {
	c, r := k.start(Obeys)
	r.awaitLine(k.T, "ready")
	k.must(c.Stop(k.Context(), k.h.Wait))
	r.awaitExit(k.T, 7)
}

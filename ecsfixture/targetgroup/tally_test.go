package targetgroup

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTally(t *testing.T) {
	for checks, want := range map[string]State{ // + is good, - is bad; 3 and 2 are the thresholds
		"":        Initial,
		"+":       Healthy,
		"-":       Initial,
		"-+":      Healthy,
		"--":      Unhealthy,
		"+-":      Healthy,
		"+-+-+-":  Healthy,
		"+--":     Unhealthy,
		"--++":    Unhealthy,
		"--++-++": Unhealthy,
		"--+++":   Healthy,
		"--+++-":  Healthy,
		"--+++--": Unhealthy,
	} {
		tally, s := tally{state: Initial}, settings{healthy: 3, unhealthy: 2}
		for _, c := range checks {
			reason := ""
			if c == '-' {
				reason = "Request timed out"
			}
			tally = tally.after(reason, s)
		}
		assert.Equal(t, want, tally.state, checks)
		assert.Equal(t, want == Unhealthy, tally.reason != "", checks)
	}
}

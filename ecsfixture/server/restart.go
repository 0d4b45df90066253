package server

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// defaultRestartPeriod is how long a container must have run before it is
// restarted, where the policy doesn't say.
const defaultRestartPeriod = 300 * time.Second

// restarts tells whether a container that exited is restarted: the agent's
// restart tracker. ran is the time since its last start.
func restarts(p *types.ContainerRestartPolicy, desired status, exit *int32, ran time.Duration) bool {
	if p == nil || p.Enabled == nil || !*p.Enabled || desired == stopped || exit == nil {
		return false
	}
	return !slices.Contains(p.IgnoredExitCodes, *exit) && ran >= restartPeriod(p)
}

func restartPeriod(p *types.ContainerRestartPolicy) time.Duration {
	if p.RestartAttemptPeriod == nil {
		return defaultRestartPeriod
	}
	return time.Duration(*p.RestartAttemptPeriod) * time.Second
}

package server

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// The bounds of a threshold, unless the service says otherwise.
const (
	breakerPercent = 50
	breakerLeast   = 3
	breakerMost    = 200
)

// threshold is how many tasks in a row have to fail for a deployment to fail:
// half of the desired count, within 3 and 200, unless the service has a
// thresholdConfiguration.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
func threshold(b *types.DeploymentCircuitBreaker, desired int) int {
	kind, value := types.ThresholdTypeBoundedPercent, breakerPercent
	if b != nil && b.ThresholdConfiguration != nil {
		kind, value = b.ThresholdConfiguration.Type, int(b.ThresholdConfiguration.Value)
	}
	percent := (desired*value + 99) / 100
	switch kind {
	case types.ThresholdTypeCount:
		return max(1, value)
	case types.ThresholdTypeUnboundedPercent:
		return max(1, percent)
	}
	return min(max(percent, breakerLeast), breakerMost)
}

// tripped reports whether so many failures end a deployment.
func tripped(b *types.DeploymentCircuitBreaker, desired, failures int) bool {
	return b != nil && b.Enable && failures >= threshold(b, desired)
}

// forgives reports whether a task that runs successfully sets the count of
// failures back to 0.
func forgives(b *types.DeploymentCircuitBreaker) bool {
	return b == nil || b.ResetOnHealthyTask == nil || *b.ResetOnHealthyTask
}

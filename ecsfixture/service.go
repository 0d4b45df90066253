package ecsfixture

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/patience"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// HookCall is what a lifecycle hook of a deployment is told: ServiceARN,
// DeploymentARN, RevisionARN, Stage and Details.
type HookCall = server.HookCall

// Hook stands for the Lambda function of a lifecycle hook. SUCCEEDED lets the
// deployment go on, FAILED or an error rolls it back, and IN_PROGRESS has the
// hook called again after 30 seconds.
type Hook = server.Hook

// SetHook sets what the lifecycle hooks with that hookTargetArn do; nil takes
// it away. A deployment that comes to a hook for which nothing is set fails.
func (fx *Fixture) SetHook(hookTargetARN string, h Hook) {
	fx.zoneOfARN(hookTargetARN).ecs.SetHook(hookTargetARN, h)
}

// SetAlarm switches a CloudWatch alarm of the fixture's account and region on
// or off: a deployment that is under way fails by it if its
// deploymentConfiguration names it.
func (fx *Fixture) SetAlarm(name string, on bool) { fx.home().ecs.SetAlarm(name, on) }

// WaitServiceStable waits until a service has one deployment, which is
// COMPLETED, and all its tasks, and returns it. If its deployment fails, or
// the fixture's timeout passes, the test fails with the service's story.
func (fx *Fixture) WaitServiceStable(t testing.TB, serviceARN string) types.Service {
	t.Helper()
	bound := patience.Bound(t, fx.options.timeout)
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	sv, err := fx.AwaitService(ctx, serviceARN, func(sv types.Service) bool { return isStable(sv) || isLost(sv) })
	if err != nil {
		t.Fatalf("ecsfixture: the service is not stable%s\n%s", why(err, bound), fx.ServiceStory(serviceARN))
	}
	if isLost(sv) {
		t.Fatalf("ecsfixture: the service won't be stable\n%s", fx.ServiceStory(serviceARN))
	}
	return sv
}

// AwaitService waits until a service is as reached says and returns it, for
// programs and for conditions of one's own.
func (fx *Fixture) AwaitService(ctx context.Context, serviceARN string, reached func(types.Service) bool) (types.Service, error) {
	sv, err := fx.zoneOfARN(serviceARN).ecs.AwaitService(ctx, serviceARN, reached)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the time is up: %w", err)
	}
	return sv, err
}

func isStable(sv types.Service) bool {
	if *sv.Status != "ACTIVE" || sv.RunningCount != sv.DesiredCount || sv.PendingCount > 0 {
		return false
	}
	if len(sv.TaskSets) > 0 {
		return allSteady(sv.TaskSets)
	}
	return len(sv.Deployments) == 1 && sv.Deployments[0].RolloutState == types.DeploymentRolloutStateCompleted
}

func allSteady(sets []types.TaskSet) bool {
	for _, ts := range sets {
		if ts.StabilityStatus != types.StabilityStatusSteadyState {
			return false
		}
	}
	return true
}

// isLost reports whether nothing makes a service stable but another call.
func isLost(sv types.Service) bool {
	return *sv.Status != "ACTIVE" || len(sv.Deployments) > 0 && sv.Deployments[0].RolloutState == types.DeploymentRolloutStateFailed
}

// ServiceStory tells what a service is and what became of it, in a screenful:
// its counts, its deployments, its last events, and the story of the last of
// its tasks that failed.
func (fx *Fixture) ServiceStory(serviceARN string) string {
	sv, ok := fx.zoneOfARN(serviceARN).ecs.DescribedService(serviceARN)
	if !ok {
		return unknownService(serviceARN)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "service %s\n  %s, desired %d, running %d, pending %d\n", *sv.ServiceArn, *sv.Status, sv.DesiredCount, sv.RunningCount, sv.PendingCount)
	for _, d := range sv.Deployments {
		fmt.Fprintf(&b, "  %s %s (%s) is %s, desired %d, running %d, pending %d, failed %d: %s\n", *d.Status, *d.Id, lastOf(*d.TaskDefinition),
			d.RolloutState, d.DesiredCount, d.RunningCount, d.PendingCount, d.FailedTasks, value(d.RolloutStateReason))
	}
	tellEvents(&b, sv.Events)
	if task, ok := fx.lastFailed(sv); ok {
		b.WriteString("the last of its tasks that failed:\n" + fx.Story(task))
	}
	return b.String()
}

func unknownService(serviceARN string) string {
	text := fmt.Sprintf("service %q is not known to the fixture", serviceARN)
	if _, _, ok := splitARN(serviceARN); !ok {
		text += ": give its ARN"
	}
	return text
}

// lastFailed returns the newest task of a service that ended by itself.
func (fx *Fixture) lastFailed(sv types.Service) (taskARN string, ok bool) {
	for _, task := range slices.Backward(fx.zoneOfARN(*sv.ServiceArn).ecs.Tasks()) {
		failed := task.StopCode == types.TaskStopCodeTaskFailedToStart || task.StopCode == types.TaskStopCodeEssentialContainerExited
		if failed && *task.ClusterArn == *sv.ClusterArn && value(task.Group) == "service:"+*sv.ServiceName {
			return *task.TaskArn, true
		}
	}
	return "", false
}

// storyEvents is how many of a service's last events a story shows.
const storyEvents = 15

// tellEvents writes events, of which the newest is the first, oldest first.
func tellEvents(b *strings.Builder, list []types.ServiceEvent) {
	if n := len(list); n > storyEvents {
		fmt.Fprintf(b, "    … %d events before these\n", n-storyEvents)
		list = list[:storyEvents]
	}
	for i := len(list) - 1; i >= 0; i-- {
		fmt.Fprintf(b, "  %s  %s\n", list[i].CreatedAt.Format("15:04:05.000"), *list[i].Message)
	}
}

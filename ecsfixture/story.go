package ecsfixture

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// storyLines is how many of a container's last lines a story shows.
const storyLines = 10

// Step is a moment in the life of a task, At: a new lastStatus, in Status, or
// something else that happened, in Text.
type Step = server.Step

// Timeline returns the steps of a task's life so far, oldest first; nil if the
// task is not known.
func (fx *Fixture) Timeline(taskARN string) []Step {
	return fx.zoneOfARN(taskARN).ecs.Timeline(taskARN)
}

// Story tells a task's life in a screenful: its statuses with their times,
// stop code, reason, exit codes, and the last lines of each container.
func (fx *Fixture) Story(taskARN string) string {
	service := fx.zoneOfARN(taskARN).ecs
	task, ok := service.Task(taskARN)
	if !ok {
		return fmt.Sprintf("task %q is not known to the fixture", taskARN)
	}
	var b strings.Builder
	steps := service.Timeline(taskARN)
	tellTask(&b, task)
	tellSteps(&b, steps, ": "+value(task.StoppedReason))
	for _, c := range task.Containers {
		tellContainer(&b, c, steps)
		fx.tellLines(&b, taskARN, *c.Name)
	}
	return b.String()
}

func tellTask(b *strings.Builder, task types.Task) {
	fmt.Fprintf(b, "task %s\n", *task.TaskArn)
	fmt.Fprintf(b, "  %s, %s, desired %s, is %s, %s\n", lastOf(*task.TaskDefinitionArn), task.LaunchType,
		*task.DesiredStatus, *task.LastStatus, task.HealthStatus)
	if task.StopCode != "" {
		fmt.Fprintf(b, "  stopCode %s, stoppedReason %q\n", task.StopCode, value(task.StoppedReason))
	}
}

// tellSteps writes each step with the time since the first, without a reason
// that was told before.
func tellSteps(b *strings.Builder, steps []server.Step, told string) {
	for i, s := range steps {
		since := "+" + s.At.Sub(steps[0].At).Round(time.Millisecond).String()
		if i == 0 {
			since = s.At.Format("15:04:05.000")
		}
		fmt.Fprintf(b, "  %12s  %s%s\n", since, s.Status, strings.TrimSuffix(s.Text, told))
	}
}

// tellContainer writes what became of a container, with its reason unless a
// step told it.
func tellContainer(b *strings.Builder, c types.Container, steps []server.Step) {
	fmt.Fprintf(b, "  container %s (%s) is %s", *c.Name, *c.Image, *c.LastStatus)
	if c.ExitCode != nil {
		fmt.Fprintf(b, ", exit code %d", *c.ExitCode)
	}
	if c.HealthStatus == types.HealthStatusUnhealthy {
		b.WriteString(", UNHEALTHY")
	}
	if c.Reason != nil && !slices.ContainsFunc(steps, func(s server.Step) bool { return s.Text == *c.Name+" failed: "+*c.Reason }) {
		fmt.Fprintf(b, ", reason %q", *c.Reason)
	}
	b.WriteByte('\n')
}

func (fx *Fixture) tellLines(b *strings.Builder, taskARN, container string) {
	lines := fx.Logs.Lines(logs.Task(taskARN), logs.Container(container))
	if len(lines) > storyLines {
		fmt.Fprintf(b, "    … %d lines before these\n", len(lines)-storyLines)
		lines = lines[len(lines)-storyLines:]
	}
	for _, l := range lines {
		fmt.Fprintf(b, "    %s | %s\n", l.Stream, l.Text)
	}
}

func lastOf(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// splitARN returns the region and the account of an ARN.
func splitARN(arn string) (region, account string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return "", "", false
	}
	return parts[3], parts[4], true
}

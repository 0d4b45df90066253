package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
)

// The cases below read like the life cycle diagram of the documentation: a
// task as it is on the left, what happens next on the right.
func TestTransition(t *testing.T) {
	app := func(p phase) member { return member{name: "app", essential: true, phase: p, launched: p >= up} }
	log := func(p phase) member { return member{name: "log", phase: p, launched: p >= up} }
	exited := func(m member, code int32) member {
		m.phase, m.launched, m.exit = ended, true, aws.Int32(code)
		return m
	}
	broken := func(m member) member {
		m.phase, m.launched, m.failure = ended, false, "CannotPullContainerError: no"
		return m
	}
	after := func(m member, on string, c types.ContainerCondition) member {
		m.dependsOn = append(m.dependsOn, dependency{on, c})
		return m
	}
	bridge := life{last: pending, desired: running, prepared: done, resolved: done}
	awsvpc := life{last: pending, desired: running, prepared: done, resolved: done, attached: true}
	task := func(l life, last status, members ...member) life {
		l.last, l.containers = last, members
		l.ran = l.ran || last >= running
		return l
	}
	fresh := func(l life, prepared, resolved progress) life {
		l.prepared, l.resolved = prepared, resolved
		return l
	}
	toStop := func(l life) life { l.desired = stopped; return l }
	closed := func(l life, p progress) life { l.closed = p; return l }
	unplaced := func(l life) life { l.unplaced = true; return l }
	fargate := func(l life) life { l.fargate = true; return l }
	why := func(l life, s string) life { l.failure = s; return l }
	forgone := func(m member) member {
		m.phase, m.failure, m.exit = ended, "CannotStartContainerError: no", aws.Int32(143)
		return m
	}
	const failedTo, essential = "stop TaskFailedToStart: ", "stop EssentialContainerExited: Essential container in task exited"

	for _, c := range []struct {
		name string
		life life
		want string
	}{
		// Up.
		{"a new task gets its network", fresh(task(awsvpc, provisioning, app(waiting)), idle, idle), "prepare"},
		{"unless it waits for capacity", unplaced(fresh(task(bridge, provisioning, app(waiting)), idle, idle)), ""},
		{"one that waits can stop", toStop(unplaced(fresh(task(bridge, provisioning, app(waiting)), idle, idle))), "close"},
		{"and waits for it", fresh(task(awsvpc, provisioning, app(waiting)), busy, idle), ""},
		{"PROVISIONING ends with the network", fresh(task(awsvpc, provisioning, app(waiting)), done, idle), "enter PENDING"},
		{"secrets come first", fresh(task(bridge, pending, app(waiting)), done, idle), "resolve"},
		{"and are waited for", fresh(task(bridge, pending, app(waiting)), done, busy), ""},
		{"images are pulled together", task(bridge, pending, app(waiting), log(waiting)), "pull app, pull log"},
		{"all of them, before anything starts", task(bridge, pending, app(pulled), log(pulling)), ""},
		{"awsvpc activates", task(awsvpc, pending, app(pulled)), "enter ACTIVATING"},
		{"then launches", task(awsvpc, activating, app(pulled), log(pulled)), "launch app, launch log"},
		{"bridge launches", task(bridge, pending, app(pulled)), "launch app"},
		{"RUNNING waits for the slowest", task(bridge, pending, app(up), log(launching)), ""},
		{"RUNNING", task(bridge, pending, app(up), log(up)), "enter RUNNING"},
		{"RUNNING with a container that has finished", task(bridge, pending, app(up), exited(log(up), 0)), "enter RUNNING"},
		{"RUNNING without one that could not start", task(bridge, pending, app(up), broken(log(waiting))), "enter RUNNING"},
		{"a running task rests", task(bridge, running, app(up)), ""},

		// Dependencies.
		{"START waits", task(bridge, pending, after(app(pulled), "log", "START"), log(launching)), ""},
		{"START is met by running", task(bridge, pending, after(app(pulled), "log", "START"), log(up)), "launch app"},
		{"START is met by having run", task(bridge, pending, after(app(pulled), "log", "START"), exited(log(up), 1)), "launch app"},
		{"START is not met by a failure", task(bridge, pending, after(app(pulled), "log", "START"), broken(log(waiting))),
			"forgo app because of log: dependency graph: failed to resolve container ordering dependency [%s] for target [%s] because dependency will never start"},
		{"not even COMPLETE", task(bridge, pending, after(app(pulled), "log", "COMPLETE"), forgone(log(waiting))),
			"forgo app because of log: dependency graph: failed to resolve container ordering dependency [%s] for target [%s] because dependency will never start"},
		{"volumes wait", task(bridge, pending, after(app(pulled), "log", conditionCreate), log(launching)), ""},
		{"volumes are there with the container", task(bridge, pending, after(app(pulled), "log", conditionCreate), func() member { m := broken(log(waiting)); m.created = true; return m }()), "launch app"},
		{"volumes of none", task(bridge, pending, after(app(pulled), "log", conditionCreate), broken(log(waiting))),
			"forgo app because of log: dependency graph: failed to resolve container ordering dependency [%s] for target [%s] because dependency will never start"},
		{"COMPLETE waits", task(bridge, pending, after(app(pulled), "log", "COMPLETE"), log(up)), ""},
		{"COMPLETE takes any exit code", task(bridge, pending, after(app(pulled), "log", "COMPLETE"), exited(log(up), 3)), "launch app"},
		{"SUCCESS takes 0", task(bridge, pending, after(app(pulled), "log", "SUCCESS"), exited(log(up), 0)), "launch app"},
		{"SUCCESS refuses others", task(bridge, pending, after(app(pulled), "log", "SUCCESS"), exited(log(up), 3)),
			"forgo app because of log: dependency graph: failed to resolve container ordering dependency [%s] for target [%s] as dependency did not exit successfully."},
		{"a failure doesn't wait for pulls", task(bridge, pending, after(app(pulling), "log", "START"), broken(log(waiting))),
			"forgo app because of log: dependency graph: failed to resolve container ordering dependency [%s] for target [%s] because dependency will never start"},
		{"an essential container that can't start any more ends the task", task(bridge, pending, forgone(app(pulled)), log(up)), failedTo + "Task failed to start"},
		{"at once", task(bridge, pending, func() member { m := forgone(app(pulled)); m.phase = pulling; return m }()), failedTo + "Task failed to start"},
		{"RUNNING without another that can't", task(bridge, pending, app(up), forgone(log(pulled))), "enter RUNNING"},
		{"HEALTHY waits", task(bridge, pending, after(app(pulled), "log", "HEALTHY"), log(up)), ""},
		{"HEALTHY", task(bridge, pending, after(app(pulled), "log", "HEALTHY"), member{name: "log", phase: up, healthy: true}), "launch app"},
		{"startTimeout", task(bridge, pending, after(app(pulled), "log", "HEALTHY"), member{name: "log", phase: up, timedOut: true}),
			"forgo app because of log: dependency graph: container ordering dependency [%s] for target [%s] has timed out."},
		{"branches are independent", task(bridge, pending, after(app(pulled), "log", "HEALTHY"), log(up), member{name: "other", phase: pulled}), "launch other"},

		// Ends.
		{"a secret is missing", why(fresh(task(bridge, pending, app(waiting)), done, failed), "ResourceInitializationError: x"), failedTo + "ResourceInitializationError: x"},
		{"no network", why(fresh(task(awsvpc, provisioning, app(waiting)), failed, idle), "no"), failedTo + "no"},
		{"an image is missing, on EC2", task(bridge, pending, broken(app(waiting))), failedTo + "Task failed to start"},
		{"an image is missing, on Fargate", fargate(task(awsvpc, pending, broken(app(waiting)))), failedTo + "CannotPullContainerError: no"},
		{"an essential container exits with 0", task(bridge, running, exited(app(up), 0)), essential},
		{"an essential container exits during launch", task(bridge, pending, exited(app(up), 1), log(pulled)), essential},
		{"after RUNNING nothing failed to start", task(bridge, running, broken(app(waiting))), essential},
		{"another container exits", task(bridge, running, app(up), exited(log(up), 1)), ""},

		// Down.
		{"awsvpc deactivates", toStop(task(awsvpc, running, app(up))), "enter DEACTIVATING"},
		{"then stops", toStop(task(awsvpc, deactivating, app(up))), "enter STOPPING"},
		{"bridge stops", toStop(task(bridge, running, app(up))), "enter STOPPING"},
		{"containers stop together", toStop(task(bridge, stopping, app(up), log(up))), "halt app, halt log"},
		{"but dependants first", toStop(task(bridge, stopping, after(app(up), "log", "START"), log(up))), "halt app"},
		{"and until they have ended", toStop(task(bridge, stopping, after(app(ending), "log", "START"), log(up))), ""},
		{"then the others", toStop(task(bridge, stopping, after(exited(app(up), 143), "log", "START"), log(up))), "halt log"},
		{"a launch is waited for", toStop(task(bridge, pending, app(launching))), ""},
		{"a pull is waited for", toStop(task(bridge, pending, app(pulling))), ""},
		{"awsvpc gives its interface back", toStop(task(awsvpc, stopping, exited(app(up), 0))), "enter DEPROVISIONING"},
		{"the network is taken away", toStop(task(awsvpc, deprovisioning, exited(app(up), 0))), "close"},
		{"bridge closes at once", toStop(task(bridge, running, exited(app(up), 0))), "close"},
		{"closing is waited for", closed(toStop(task(bridge, running, exited(app(up), 0))), busy), ""},
		{"STOPPED", closed(toStop(task(bridge, running, exited(app(up), 0))), done), "enter STOPPED"},
		{"and that is the end", closed(toStop(task(bridge, stopped, exited(app(up), 0))), done), ""},
		{"stopped before it began", toStop(fresh(task(awsvpc, provisioning, app(waiting)), idle, idle)), "close"},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, words(transition(c.life))) })
	}
}

// words says what actions are, for the table.
func words(actions []action) string {
	verbs := map[verb]string{enter: "enter", resolve: "resolve", prepare: "prepare", pull: "pull", launch: "launch", halt: "halt", stopTask: "stop", closeTask: "close"}
	var list []string
	for _, a := range actions {
		switch a.verb {
		case enter:
			list = append(list, "enter "+a.status.String())
		case forgo:
			list = append(list, fmt.Sprintf("forgo %s because of %s: %s", a.container, a.on, a.reason))
		case stopTask:
			list = append(list, fmt.Sprintf("stop %s: %s", a.code, a.reason))
		default:
			list = append(list, strings.TrimSpace(verbs[a.verb]+" "+a.container))
		}
	}
	return strings.Join(list, ", ")
}

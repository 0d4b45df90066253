package server

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// status is a lastStatus or desiredStatus of a task. The values are in the
// order of a life:
//
//	PROVISIONING → PENDING → ACTIVATING → RUNNING → DEACTIVATING → STOPPING → DEPROVISIONING → STOPPED
//
// A task without a network interface or an EBS volume of its own passes from PENDING to
// RUNNING and from STOPPING to STOPPED. DEACTIVATING is for those that target
// groups send requests to, too: their containers run until these are drained.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
type status int

const (
	provisioning status = iota
	pending
	activating
	running
	deactivating
	stopping
	deprovisioning
	stopped
)

var statusNames = [...]string{
	"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED",
}

func (s status) String() string { return statusNames[s] }

// progress says how far something that is done once for a task has come.
type progress int

const (
	idle progress = iota
	busy
	done
	failed
)

// phase says how far a container has come.
type phase int

const (
	waiting   phase = iota // for the task's secrets and network
	pulling                // its image
	pulled                 // and waits for the containers that it depends on
	launching              // is being created and started, for the first time or again
	up                     // runs
	ending                 // was asked to stop
	ended                  // will not run again
)

// life is all of a task that decides what happens next.
type life struct {
	last, desired status
	attached      bool     // it has a network interface of its own, or an EBS volume
	unplaced      bool     // it waits for capacity
	fargate       bool     // its failures are worded as Fargate words them
	resolved      progress // secrets and environment files
	prepared      progress // network and volumes
	closed        progress // network and volumes, taken away
	targets       bool     // it is to serve the target groups of its service
	registered    progress // in them
	drained       progress // and out of them again
	failure       string   // why resolved or prepared failed
	ran           bool     // it was RUNNING once
	containers    []member
}

// member is a container in the life of its task.
type member struct {
	name      string
	essential bool
	dependsOn []dependency
	phase     phase
	created   bool   // it is there, if stopped
	launched  bool   // it ran once
	exit      *int32 // of its last run
	healthy   bool
	timedOut  bool   // its startTimeout has passed
	failure   string // why it could not be launched, or not again
}

type dependency struct {
	on        string
	condition types.ContainerCondition
}

// conditionCreate is the agent's own condition, of those that borrow volumes:
// the container is there, whether it runs, has run or could not be started.
const conditionCreate types.ContainerCondition = "CREATE"

// verb is what the runner is to do.
type verb int

const (
	enter     verb = iota // a new lastStatus
	resolve               // the secrets and environment files
	prepare               // the network and volumes
	pull                  // a container's image
	launch                // a container
	forgo                 // a container that can't start any more
	register              // in the target groups
	drain                 // what the target groups still have for it
	halt                  // a container
	stopTask              // desiredStatus becomes STOPPED
	closeTask             // take away what prepare made
)

// action is one thing for the runner to do.
type action struct {
	verb      verb
	status    status             // of enter
	container string             // of pull, launch, forgo and halt
	on        string             // of forgo: the dependency
	code      types.TaskStopCode // of stopTask
	reason    string             // of stopTask and forgo
}

// transition decides what happens next in a task's life. What has begun and
// not ended yet is never decided again; a task for which nothing is returned
// waits for an event.
func transition(l life) []action {
	if l.desired == stopped {
		return l.shutdown()
	}
	if a, ok := l.verdict(); ok {
		return []action{a}
	}
	if hopeless := l.hopeless(); len(hopeless) > 0 {
		return hopeless
	}
	return l.launchOrder()
}

// launchOrder is the way up to RUNNING.
func (l life) launchOrder() []action {
	switch {
	case l.unplaced:
		return nil
	case l.prepared == idle:
		return []action{{verb: prepare}}
	case l.prepared == busy:
		return nil
	case l.last == provisioning:
		return []action{{verb: enter, status: pending}}
	case l.resolved == idle:
		return []action{{verb: resolve}}
	case l.resolved == busy:
		return nil
	}
	return l.containersUp()
}

// containersUp pulls all images at once, then launches each container as soon
// as those that it depends on let it.
func (l life) containersUp() []action {
	if pulls := l.each(pull, func(m member) bool { return m.phase == waiting }); len(pulls) > 0 {
		return pulls
	}
	if l.count(waiting, pulling) > 0 {
		return nil
	}
	if l.attached && l.last == pending {
		return []action{{verb: enter, status: activating}}
	}
	if l.targets && l.last == running && l.registered == idle {
		return []action{{verb: register}}
	}
	launches := l.each(launch, func(m member) bool { return m.phase == pulled && l.gatesOpen(m) })
	if len(launches) == 0 && l.last < running && l.allStarted() {
		return []action{{verb: enter, status: running}}
	}
	return launches
}

// allStarted reports whether every container runs or has run: a task's status
// is that of its slowest container.
func (l life) allStarted() bool {
	for _, m := range l.containers {
		if m.phase < up && !m.launched {
			return false
		}
	}
	return true
}

// verdict tells whether the task has to stop of its own accord, and why.
func (l life) verdict() (action, bool) {
	if l.resolved == failed || l.prepared == failed {
		return failedToStart(l.failure), true
	}
	for _, m := range l.containers {
		if m.essential && (m.phase == ended || m.failure != "") {
			return l.essentialEnded(m), true
		}
	}
	return action{}, false
}

// essentialEnded words the end of a task by the end of one of its essential
// containers.
func (l life) essentialEnded(m member) action {
	if m.failure == "" || l.ran {
		return action{verb: stopTask, code: types.TaskStopCodeEssentialContainerExited, reason: reasonEssential}
	}
	if l.fargate {
		return failedToStart(m.failure)
	}
	return failedToStart(reasonFailedToStart)
}

func failedToStart(reason string) action {
	return action{verb: stopTask, code: types.TaskStopCodeTaskFailedToStart, reason: reason}
}

// hopeless gives up the containers of which a dependency can't be satisfied
// any more. The task goes on without those that aren't essential.
func (l life) hopeless() (list []action) {
	for _, m := range l.containers {
		if m.phase > pulled || m.failure != "" {
			continue
		}
		for _, d := range m.dependsOn {
			if why := l.never(d); why != "" {
				list = append(list, action{verb: forgo, container: m.name, on: d.on, reason: why})
				break
			}
		}
	}
	return list
}

// never says why d can't be satisfied any more, "" if it still can.
func (l life) never(d dependency) string {
	on := l.member(d.on)
	switch {
	case l.satisfied(d):
		return ""
	case on.failure != "" && !on.launched:
		return dependencyNeverStarts
	case on.phase == ended:
		return dependencyUnhappy
	case on.timedOut && d.condition != types.ContainerConditionStart:
		return dependencyTimedOut
	}
	return ""
}

func (l life) gatesOpen(m member) bool {
	for _, d := range m.dependsOn {
		if !l.satisfied(d) {
			return false
		}
	}
	return true
}

// satisfied is the agent's containerOrderingDependenciesIsResolved.
func (l life) satisfied(d dependency) bool {
	on := l.member(d.on)
	switch d.condition {
	case types.ContainerConditionComplete:
		return on.phase == ended && on.launched && on.exit != nil
	case types.ContainerConditionSuccess:
		return on.phase == ended && on.launched && on.exit != nil && *on.exit == 0
	case types.ContainerConditionHealthy:
		return on.phase == up && on.healthy
	case conditionCreate:
		return on.created
	}
	return on.phase == up || on.phase == ended && on.launched
}

// shutdown is the way down to STOPPED.
func (l life) shutdown() []action {
	switch {
	case (l.attached || l.targets) && l.last == running:
		return []action{{verb: enter, status: deactivating}}
	case l.registered == busy || l.drained == busy:
		return nil
	case l.registered == done && l.drained == idle:
		return []action{{verb: drain}}
	case l.last < stopping && l.count(up, ending) > 0:
		return []action{{verb: enter, status: stopping}}
	}
	halts := l.each(halt, func(m member) bool { return m.phase == up && l.mayStop(m) })
	if len(halts) > 0 || l.inFlight() {
		return halts
	}
	return l.takenDown()
}

// takenDown is the end of a task whose containers have all ended.
func (l life) takenDown() []action {
	switch {
	case l.attached && l.last < deprovisioning && l.prepared == done:
		return []action{{verb: enter, status: deprovisioning}}
	case l.closed == idle:
		return []action{{verb: closeTask}}
	case l.closed == busy || l.last == stopped:
		return nil
	}
	return []action{{verb: enter, status: stopped}}
}

// inFlight reports whether something that was begun has not ended.
func (l life) inFlight() bool {
	return l.prepared == busy || l.resolved == busy || l.count(pulling, launching, up, ending) > 0
}

// mayStop reports whether all containers that depend on m have ended: the
// agent's verifyShutdownOrder.
func (l life) mayStop(m member) bool {
	for _, other := range l.containers {
		for _, d := range other.dependsOn {
			if d.on == m.name && (other.phase == launching || other.phase == up || other.phase == ending) {
				return false
			}
		}
	}
	return true
}

func (l life) member(name string) member {
	for _, m := range l.containers {
		if m.name == name {
			return m
		}
	}
	return member{}
}

func (l life) each(v verb, want func(member) bool) (list []action) {
	for _, m := range l.containers {
		if want(m) {
			list = append(list, action{verb: v, container: m.name})
		}
	}
	return list
}

func (l life) count(phases ...phase) (n int) {
	for _, m := range l.containers {
		for _, p := range phases {
			if m.phase == p {
				n++
			}
		}
	}
	return n
}

package agent

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/uuid"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// task is a task that has not stopped.
type task struct {
	server.AgentTask
	containers         []*container
	taskRole, execRole *credential // nil without the role
	endpoint           string      // path id of the API
}

// container is a container of a task.
type container struct {
	task   *task
	name   string
	id     string // in paths
	sample sample // of its statistics
	source source // where its calls come from
}

// Register implements [server.Agent].
func (a *Agent) Register(info server.AgentTask) server.AgentAccess {
	t := &task{AgentTask: info, endpoint: uuid.NewString()}
	t.taskRole, t.execRole = a.newCredential(t, info.TaskRole), a.newCredential(t, info.ExecRole)
	for _, name := range info.Containers {
		t.containers = append(t.containers, &container{task: t, name: name, id: newID(info.LaunchType)})
	}
	a.add(t)
	return a.access(t)
}

func (a *Agent) add(t *task) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tasks[t.ARN], a.endpoints[t.endpoint] = t, t
	for _, c := range t.containers {
		a.containers[c.id] = c
	}
	for _, c := range t.roles() {
		a.credentials[c.id] = c
	}
}

// Forget implements [server.Agent].
func (a *Agent) Forget(taskARN string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t, ok := a.tasks[taskARN]
	if !ok {
		return
	}
	delete(a.tasks, taskARN)
	delete(a.endpoints, t.endpoint)
	for _, c := range t.containers {
		delete(a.containers, c.id)
	}
	for _, c := range t.roles() {
		delete(a.credentials, c.id)
	}
}

func (t *task) roles() []*credential {
	return slices.DeleteFunc([]*credential{t.taskRole, t.execRole}, func(c *credential) bool { return c == nil })
}

// find returns the container of a path's id, unless another task asks.
func (a *Agent) find(r *http.Request, id string) (*container, bool) {
	a.mu.RLock()
	c, ok := a.containers[id]
	a.mu.RUnlock()
	return c, ok && !a.isStranger(r, c.task)
}

// newID is a container's id in paths: a UUID on EC2; on Fargate 32
// hexadecimal digits and 10 decimal ones, none of which can be guessed.
func newID(launch types.LaunchType) string {
	if launch != types.LaunchTypeFargate {
		return uuid.NewString()
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	n, _ := rand.Int(rand.Reader, big.NewInt(10_000_000_000))
	return fmt.Sprintf("%s-%010d", hex.EncodeToString(b[:]), n)
}

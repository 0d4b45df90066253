package agent

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/sts"
)

// rotateBefore is the part of their lifetime that credentials have left when
// new ones take their place.
const rotateBefore = 4 // a quarter

// credential is a role of a task, and the keys for it.
type credential struct {
	task          *task
	id            string // in paths
	role          string // ARN
	session, acct string // the session's name and account
	issue         func(role, name, account string, d time.Duration) sts.Session
	lifetime      time.Duration

	mu      sync.Mutex // guards current
	current sts.Session
}

func (a *Agent) newCredential(t *task, role string) *credential {
	if role == "" {
		return nil
	}
	return &credential{
		task: t, id: uuid.NewString(), role: role, session: t.ID, acct: t.Account,
		issue: a.cfg.Sessions.Issue, lifetime: a.cfg.Lifetime,
	}
}

func (c *credential) path() string { return "/v2/credentials/" + c.id }

// get returns keys that are good for a while, new ones if need be.
func (c *credential) get() sts.Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Until(c.current.Expiration) < c.lifetime/rotateBefore {
		c.current = c.issue(c.role, c.session, c.acct, c.lifetime)
	}
	return c.current
}

// ExecutionCredentials returns the path of the credentials of a task's
// execution role; empty if it has none or the task has stopped. Containers
// aren't told it.
func (a *Agent) ExecutionCredentials(taskARN string) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	t, ok := a.tasks[taskARN]
	if !ok || t.execRole == nil {
		return ""
	}
	return t.execRole.path()
}

type credentialsReply struct {
	RoleArn         string
	AccessKeyId     string
	SecretAccessKey string
	Token           string
	Expiration      time.Time
}

type credentialsError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Status  int    `json:"HTTPErrorCode"`
}

// credentialsV2 answers GET /v2/credentials/<id>.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func (a *Agent) credentialsV2(w http.ResponseWriter, r *http.Request) {
	a.serveCredentials(w, r, "2", r.PathValue("id"))
}

// credentialsV1 answers GET /v1/credentials?id=<id>.
func (a *Agent) credentialsV1(w http.ResponseWriter, r *http.Request) {
	a.serveCredentials(w, r, "1", r.URL.Query().Get("id"))
}

func (a *Agent) serveCredentials(w http.ResponseWriter, r *http.Request, version, id string) {
	if id == "" {
		refuseCredentials(w, "NoIdInRequest", msgCredentialsID, version)
		return
	}
	a.mu.RLock()
	c, ok := a.credentials[id]
	a.mu.RUnlock()
	if !ok || a.isStranger(r, c.task) {
		refuseCredentials(w, "InvalidIdInRequest", msgCredentials, version)
		return
	}
	s := c.get()
	reply(w, http.StatusOK, credentialsReply{c.role, s.AccessKeyID, s.SecretAccessKey, s.Token, s.Expiration})
}

func refuseCredentials(w http.ResponseWriter, code, format, version string) {
	reply(w, http.StatusBadRequest, credentialsError{code, fmt.Sprintf(format, version), http.StatusBadRequest})
}

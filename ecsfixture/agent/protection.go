package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/google/uuid"
)

// Protector is the ECS side of task protection.
type Protector interface {
	UpdateTaskProtection(context.Context, *ecs.UpdateTaskProtectionInput) (*ecs.UpdateTaskProtectionOutput, error)
	GetTaskProtection(context.Context, *ecs.GetTaskProtectionInput) (*ecs.GetTaskProtectionOutput, error)
}

// protectionRequest is the body of a PUT.
type protectionRequest struct {
	ProtectionEnabled *bool
	ExpiresInMinutes  *int32
}

type protectionState struct {
	ExpirationDate    *time.Time `json:",omitempty"`
	ProtectionEnabled bool
	TaskArn           string
}

type protectionFailure struct {
	Arn    string `json:",omitempty"`
	Detail string `json:",omitempty"`
	Reason string `json:",omitempty"`
}

type protectionError struct{ Arn, Code, Message string }

type protectionReply struct {
	RequestID  string             `json:"requestID,omitempty"`
	Protection *protectionState   `json:"protection,omitempty"`
	Failure    *protectionFailure `json:"failure,omitempty"`
	Error      *protectionError   `json:"error,omitempty"`
}

// protection reads or sets the scale-in protection of the container's task.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
func (a *Agent) protection(w http.ResponseWriter, r *http.Request) {
	c, ok := a.find(r, r.PathValue("id"))
	if !ok {
		refuseProtection(w, http.StatusNotFound, "", "ResourceNotFoundException", msgProtectionTask)
		return
	}
	var p Protector = c.task.Service
	switch {
	case c.task.taskRole == nil:
		refuseProtection(w, http.StatusForbidden, c.task.ARN, "AccessDeniedException", msgProtectionRole)
	case r.Method == http.MethodGet:
		out, err := p.GetTaskProtection(r.Context(), &ecs.GetTaskProtectionInput{Cluster: &c.task.Cluster, Tasks: []string{c.task.ARN}})
		if err != nil {
			failProtection(w, c.task.ARN, err)
			return
		}
		replyProtection(w, out.ProtectedTasks, out.Failures)
	case r.Method == http.MethodPut:
		protect(w, r, c.task, p)
	default:
		refuseProtection(w, http.StatusMethodNotAllowed, c.task.ARN, "InvalidParameterException", fmt.Sprintf(msgMethod, r.Method))
	}
}

func protect(w http.ResponseWriter, r *http.Request, t *task, p Protector) {
	var body protectionRequest
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		refuseProtection(w, http.StatusBadRequest, t.ARN, "InvalidParameterException", fmt.Sprintf(msgProtectionBody, err))
		return
	}
	if body.ProtectionEnabled == nil {
		refuseProtection(w, http.StatusBadRequest, t.ARN, "InvalidParameterException", msgProtectionField)
		return
	}
	out, err := p.UpdateTaskProtection(r.Context(), &ecs.UpdateTaskProtectionInput{
		Cluster: &t.Cluster, Tasks: []string{t.ARN},
		ProtectionEnabled: *body.ProtectionEnabled, ExpiresInMinutes: body.ExpiresInMinutes,
	})
	if err != nil {
		failProtection(w, t.ARN, err)
		return
	}
	replyProtection(w, out.ProtectedTasks, out.Failures)
}

func replyProtection(w http.ResponseWriter, protected []types.ProtectedTask, failures []types.Failure) {
	var out protectionReply
	switch {
	case len(failures) > 0:
		f := failures[0]
		out.Failure = &protectionFailure{deref(f.Arn), deref(f.Detail), deref(f.Reason)}
	case len(protected) > 0:
		p := protected[0]
		out.Protection = &protectionState{utcOf(p.ExpirationDate), p.ProtectionEnabled, deref(p.TaskArn)}
	}
	reply(w, http.StatusOK, out)
}

// failProtection answers with an exception of ECS.
func failProtection(w http.ResponseWriter, arn string, err error) {
	status, code, message := http.StatusInternalServerError, "ServerException", err.Error()
	var api smithy.APIError
	if errors.As(err, &api) {
		code, message = api.ErrorCode(), api.ErrorMessage()
		if api.ErrorFault() != smithy.FaultServer {
			status = http.StatusBadRequest
		}
	}
	refuseProtection(w, status, arn, code, message)
}

func refuseProtection(w http.ResponseWriter, status int, arn, code, message string) {
	reply(w, status, protectionReply{RequestID: uuid.NewString(), Error: &protectionError{arn, code, message}})
}

package server

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// tokenLife is how long a client token is remembered.
const tokenLife = 24 * time.Hour

// token is a client token that was used: with what, and for which tasks.
type token struct {
	request string
	tasks   []string
	at      time.Time
}

// sameToken answers a RunTask whose token was used before: with the same
// tasks if it is the same request. The caller holds s.mu.
func (s *Service) sameToken(in *ecs.RunTaskInput) (*ecs.RunTaskOutput, error) {
	tok, ok := s.tokens[deref(in.ClientToken)]
	if !ok || time.Since(tok.at) > tokenLife {
		return nil, nil
	}
	if tok.request != request(in) {
		return nil, &types.ConflictException{Message: aws.String(msgTokenReused), ResourceIds: s.arnsOf(tok.tasks)}
	}
	out := &ecs.RunTaskOutput{Failures: []types.Failure{}, Tasks: []types.Task{}}
	for _, id := range tok.tasks {
		if t, ok := s.tasks[id]; ok {
			out.Tasks = append(out.Tasks, t.output(true))
		}
	}
	return out, nil
}

// keepToken remembers the token of a request. The caller holds s.mu.
func (s *Service) keepToken(in *ecs.RunTaskInput, tasks []string) {
	if in.ClientToken != nil {
		s.tokens[*in.ClientToken] = &token{request(in), tasks, time.Now()}
	}
}

func request(in *ecs.RunTaskInput) string { return string(awsjson.Marshal(in)) }

func (s *Service) arnsOf(ids []string) (arns []string) {
	for _, id := range ids {
		if t, ok := s.tasks[id]; ok {
			arns = append(arns, t.arn())
		}
	}
	return arns
}

package secrets

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// maxPolicy is the longest resource policy that Secrets Manager takes, in
// characters.
const maxPolicy = 20480

// GetResourcePolicy mirrors the operation of that name.
func (m *Manager) GetResourcePolicy(_ context.Context, in *secretsmanager.GetResourcePolicyInput) (*secretsmanager.GetResourcePolicyOutput, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	return &secretsmanager.GetResourcePolicyOutput{ARN: aws.String(s.arn), Name: aws.String(s.name), ResourcePolicy: clone(s.policy)}, nil
}

// PutResourcePolicy mirrors the operation of that name. The policy is checked
// and kept; as nothing is authorized here, it refuses no one.
func (m *Manager) PutResourcePolicy(_ context.Context, in *secretsmanager.PutResourcePolicyInput) (*secretsmanager.PutResourcePolicyOutput, error) {
	p, err := parsePolicy(in.ResourcePolicy)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.live(in.SecretId)
	switch {
	case err != nil:
		return nil, err
	case aws.ToBool(in.BlockPublicPolicy) && p.isPublic():
		return nil, &types.PublicPolicyException{Message: aws.String(msgPublicPolicy)}
	}
	s.policy = clone(in.ResourcePolicy)
	return &secretsmanager.PutResourcePolicyOutput{ARN: aws.String(s.arn), Name: aws.String(s.name)}, nil
}

// DeleteResourcePolicy mirrors the operation of that name. That there is no
// policy is no error.
func (m *Manager) DeleteResourcePolicy(_ context.Context, in *secretsmanager.DeleteResourcePolicyInput) (*secretsmanager.DeleteResourcePolicyOutput, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	s.policy = nil
	return &secretsmanager.DeleteResourcePolicyOutput{ARN: aws.String(s.arn), Name: aws.String(s.name)}, nil
}

// ValidateResourcePolicy mirrors the operation of that name: a policy that
// can be read fails when it grants access to everyone.
func (m *Manager) ValidateResourcePolicy(_ context.Context, in *secretsmanager.ValidateResourcePolicyInput) (*secretsmanager.ValidateResourcePolicyOutput, error) {
	p, err := parsePolicy(in.ResourcePolicy)
	if err != nil {
		return nil, err
	}
	if in.SecretId != nil {
		m.mu.RLock()
		defer m.mu.RUnlock()
		if _, err := m.live(in.SecretId); err != nil {
			return nil, err
		}
	}
	out := &secretsmanager.ValidateResourcePolicyOutput{PolicyValidationPassed: !p.isPublic()}
	if p.isPublic() {
		out.ValidationErrors = []types.ValidationErrorsEntry{{CheckName: aws.String("PUBLIC_POLICY"), ErrorMessage: aws.String(msgPublicPolicy)}}
	}
	return out, nil
}

// policy is what is read of a resource policy.
type policy struct {
	Statement oneOrMore[statement]
}

type statement struct {
	Effect                  string
	Principal, NotPrincipal json.RawMessage
	Action, NotAction       oneOrMore[string]
	Condition               map[string]json.RawMessage
}

// oneOrMore is a member of a policy that is a list, or its only element.
type oneOrMore[T any] []T

func (o *oneOrMore[T]) UnmarshalJSON(text []byte) error {
	if text[0] == '[' {
		return json.Unmarshal(text, (*[]T)(o))
	}
	*o = make([]T, 1)
	return json.Unmarshal(text, &(*o)[0])
}

func parsePolicy(text *string) (policy, error) {
	var p policy
	if err := required("resourcePolicy", text, 1, maxPolicy); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(*text), &p); err != nil || !p.isWhole() {
		return p, &types.MalformedPolicyDocumentException{Message: aws.String(msgMalformedPolicy)}
	}
	return p, nil
}

// isWhole reports whether each statement has what one must have.
func (p policy) isWhole() bool {
	for _, s := range p.Statement {
		isNamed := (s.Principal == nil) != (s.NotPrincipal == nil)
		isAbout := (len(s.Action) == 0) != (len(s.NotAction) == 0)
		if s.Effect != "Allow" && s.Effect != "Deny" || !isNamed || !isAbout {
			return false
		}
	}
	return len(p.Statement) > 0
}

// isPublic reports whether a statement allows everyone without a condition.
func (p policy) isPublic() bool {
	for _, s := range p.Statement {
		if s.Effect == "Allow" && len(s.Condition) == 0 && (s.NotPrincipal != nil || isEveryone(s.Principal)) {
			return true
		}
	}
	return false
}

func isEveryone(principal json.RawMessage) bool {
	var everyone string
	if json.Unmarshal(principal, &everyone) == nil {
		return everyone == "*"
	}
	var accounts struct{ AWS oneOrMore[string] }
	_ = json.Unmarshal(principal, &accounts) // what isn't an account is a service
	return slices.Contains(accounts.AWS, "*")
}

package secrets

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// Store is what a fixture keeps its secrets in: a Secrets Manager and a
// Parameter Store of one account and region. Its own methods are short for
// what tests do most; the rest is in Manager and Parameters.
type Store struct {
	Manager    *Manager
	Parameters *Parameters

	// Refused, if set, hears why Put, PutBinary, PutJSON, PutParameter or
	// PutSecureParameter stored nothing. Set it before the first use. The
	// errors hold no value.
	Refused func(error)

	region string
}

// NewStore returns a store without secrets and parameters.
func NewStore(account, region string) *Store {
	return &Store{
		Manager:    NewManager(account, region),
		Parameters: NewParameters(account, region),
		region:     region,
	}
}

// Services returns Secrets Manager and the Parameter Store as services of an
// endpoint.
func (s *Store) Services() []*awsjson.Service {
	return []*awsjson.Service{s.Manager.API(), s.Parameters.API()}
}

// Put creates the secret of this name, or gives it a new current version, and
// returns its ARN, which is good as a valueFrom. A secret that is scheduled
// for deletion is restored. What AWS takes neither is refused: a name with
// characters other than letters, digits and /_+=.@!-, an empty value, and one
// of more than 64 KiB. Put then stores nothing, tells Refused, and returns "".
func (s *Store) Put(name, value string) (arn string) {
	v, err := given(&value, nil)
	return s.save(name, v, err)
}

// PutBinary is [Store.Put] for bytes. ECS can't use such a secret in a task
// definition.
func (s *Store) PutBinary(name string, value []byte) (arn string) {
	if value == nil {
		value = []byte{}
	}
	v, err := given(nil, value)
	return s.save(name, v, err)
}

// PutJSON is [Store.Put] for what encoding/json makes of v, a struct or a map
// for those who use arn:json-key:: as a valueFrom. What has no JSON is
// refused.
func (s *Store) PutJSON(name string, v any) (arn string) {
	document, err := json.Marshal(v)
	if err != nil {
		return s.save(name, value{}, validation(msgNoJSON, v)) // err may quote the value
	}
	return s.Put(name, string(document))
}

func (s *Store) save(name string, v value, err error) (arn string) {
	if err == nil {
		arn, err = s.Manager.save(name, v)
	}
	s.report("secret", name, err)
	return arn
}

func (s *Store) report(kind, name string, err error) {
	if err != nil && s.Refused != nil {
		s.Refused(fmt.Errorf("%s %q: %w", kind, name, err))
	}
}

// PutParameter creates the SSM parameter of this name as a String, or gives it
// a new version, and returns its ARN. The name and the ARN are both good as a
// valueFrom. What AWS doesn't take is refused as by [Store.Put]: a name that
// has other characters than letters, digits and ._-/, that is a path and
// doesn't start with a slash, or that starts with aws or ssm; an empty value,
// and one of more than 8 KiB.
func (s *Store) PutParameter(name, value string) (arn string) {
	return s.putParameter(name, value, types.ParameterTypeString)
}

// PutSecureParameter is [Store.PutParameter] for a SecureString.
func (s *Store) PutSecureParameter(name, value string) (arn string) {
	return s.putParameter(name, value, types.ParameterTypeSecureString)
}

func (s *Store) putParameter(name, value string, kind types.ParameterType) string {
	_, err := s.Parameters.PutParameter(context.Background(), &ssm.PutParameterInput{
		Name:      aws.String(name),
		Value:     aws.String(value),
		Type:      kind,
		Tier:      types.ParameterTierIntelligentTiering,
		Overwrite: aws.Bool(true),
	})
	s.report("parameter", name, err)
	if err != nil {
		return ""
	}
	return s.Parameters.arnOf(name)
}

// Delete deletes the secret that a name or an ARN names, at once and for
// good. That there is none is no error.
func (s *Store) Delete(id string) {
	_, _ = s.Manager.DeleteSecret(context.Background(), &secretsmanager.DeleteSecretInput{
		SecretId:                   aws.String(id),
		ForceDeleteWithoutRecovery: aws.Bool(true),
	})
}

// DeleteParameter deletes the SSM parameter that a name or an ARN names. That
// there is none is no error.
func (s *Store) DeleteParameter(id string) {
	_, _ = s.Parameters.DeleteParameter(context.Background(), &ssm.DeleteParameterInput{Name: aws.String(id)})
}

// save creates a secret or gives it a new current version.
func (m *Manager) save(name string, v value) (arn string, err error) {
	if err := first(size("name", len(name), 1, 512), checkName(&name)); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.secrets[name]
	if !ok || s.gone(time.Now()) {
		s = m.create(&secretsmanager.CreateSecretInput{Name: &name})
	}
	s.deletion = nil
	s.add(tokenOrNew(nil), v, []string{current})
	return s.arn, nil
}

// has reports whether there is a secret of this name or ARN.
func (m *Manager) has(id string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, err := m.find(&id)
	return err == nil
}

package secrets

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

const defaultWindow = 30 // days

// DeleteSecret mirrors the operation of that name. What
// ForceDeleteWithoutRecovery deletes is gone at once.
func (m *Manager) DeleteSecret(_ context.Context, in *secretsmanager.DeleteSecretInput) (*secretsmanager.DeleteSecretOutput, error) {
	if err := checkDelete(in); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if aws.ToBool(in.ForceDeleteWithoutRecovery) {
		return m.forget(in.SecretId)
	}
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	s.deletion = aws.Time(time.Now().UTC().AddDate(0, 0, int(window(in.RecoveryWindowInDays))))
	return deleted(s.arn, s.name, *s.deletion), nil
}

func checkDelete(in *secretsmanager.DeleteSecretInput) error {
	switch days := in.RecoveryWindowInDays; {
	case days == nil:
		return nil
	case aws.ToBool(in.ForceDeleteWithoutRecovery):
		return invalidParameter(msgForceAndWindow)
	case *days < 7 || *days > 30:
		return invalidParameter(msgWindow)
	}
	return nil
}

func window(days *int64) int64 {
	if days == nil {
		return defaultWindow
	}
	return *days
}

// forget deletes a secret at once. That there is none is no error, as at AWS.
func (m *Manager) forget(id *string) (*secretsmanager.DeleteSecretOutput, error) {
	s, err := m.find(id)
	if _, missing := err.(*types.ResourceNotFoundException); missing {
		return deleted(m.invented(*id), *id, time.Now().UTC()), nil
	}
	if err != nil {
		return nil, err
	}
	delete(m.secrets, s.name)
	return deleted(s.arn, s.name, time.Now().UTC()), nil
}

// invented returns the ARN of a secret that isn't there.
func (m *Manager) invented(id string) string {
	if strings.HasPrefix(id, "arn:") {
		return id
	}
	return m.prefix + id + "-" + suffix()
}

func deleted(arn, name string, at time.Time) *secretsmanager.DeleteSecretOutput {
	return &secretsmanager.DeleteSecretOutput{ARN: &arn, Name: &name, DeletionDate: &at}
}

// RestoreSecret mirrors the operation of that name.
func (m *Manager) RestoreSecret(_ context.Context, in *secretsmanager.RestoreSecretInput) (*secretsmanager.RestoreSecretOutput, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	s.deletion = nil
	return &secretsmanager.RestoreSecretOutput{ARN: aws.String(s.arn), Name: aws.String(s.name)}, nil
}

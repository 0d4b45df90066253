package secrets

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// UpdateSecretVersionStage mirrors the operation of that name.
func (m *Manager) UpdateSecretVersionStage(_ context.Context, in *secretsmanager.UpdateSecretVersionStageInput) (*secretsmanager.UpdateSecretVersionStageOutput, error) {
	if err := required("versionStage", in.VersionStage, 1, 256); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	if err := s.relabel(*in.VersionStage, in.RemoveFromVersionId, in.MoveToVersionId); err != nil {
		return nil, err
	}
	return &secretsmanager.UpdateSecretVersionStageOutput{ARN: aws.String(s.arn), Name: aws.String(s.name)}, nil
}

// relabel takes the label from one version, gives it to another, or both.
func (s *secret) relabel(stage string, fromID, toID *string) error {
	if err := s.checkRelabel(stage, fromID, toID); err != nil {
		return err
	}
	if toID == nil {
		s.version(*fromID).drop(stage)
	} else {
		s.move(stage, s.version(*toID))
	}
	s.changed = time.Now().UTC()
	return nil
}

func (s *secret) checkRelabel(stage string, fromID, toID *string) error {
	if fromID == nil && toID == nil {
		return invalidParameter(msgNoMove)
	}
	for _, id := range []*string{fromID, toID} {
		if id != nil && s.version(*id) == nil {
			return notFound(msgVersionNotFound, *id)
		}
	}
	if toID == nil {
		return s.checkRemoval(stage, *fromID)
	}
	return s.checkMove(stage, fromID, *toID)
}

func (s *secret) checkRemoval(stage, fromID string) error {
	if !slices.Contains(s.version(fromID).stages, stage) {
		return invalidParameter(msgRemoveWrong, stage, fromID)
	}
	if stage == current {
		return invalidParameter(msgKeepCurrent)
	}
	return nil
}

func (s *secret) checkMove(stage string, fromID *string, toID string) error {
	holder := s.staged(stage)
	switch {
	case holder != nil && holder.id == toID:
		return nil // it is there already
	case holder != nil && fromID == nil:
		return invalidParameter(msgRemoveNeeded, stage, holder.id)
	case fromID != nil && (holder == nil || holder.id != *fromID):
		return invalidParameter(msgRemoveWrong, stage, *fromID)
	case len(s.version(toID).stages) >= maxStages:
		return limitExceeded(msgTooManyStages, maxStages)
	}
	return nil
}

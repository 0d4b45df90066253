package secrets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// The labels that Secrets Manager itself moves.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

const (
	maxVersions = 100
	maxStages   = 20
	keepUnused  = 24 * time.Hour // no version is purged before
)

// version is one value of a secret. Without stages it is deprecated.
type version struct {
	number   int // of the secret's versions, the oldest first
	id       string
	value    value
	stages   []string
	created  time.Time
	accessed time.Time
}

func (s *secret) version(id string) *version {
	i := slices.IndexFunc(s.versions, func(v *version) bool { return v.id == id })
	if i < 0 {
		return nil
	}
	return s.versions[i]
}

// staged returns the version that has the label, if any has.
func (s *secret) staged(stage string) *version {
	i := slices.IndexFunc(s.versions, func(v *version) bool { return slices.Contains(v.stages, stage) })
	if i < 0 {
		return nil
	}
	return s.versions[i]
}

// move gives the label to a version, and AWSPREVIOUS to the one that
// AWSCURRENT is taken from.
func (s *secret) move(stage string, to *version) {
	from := s.staged(stage)
	if from == to {
		return
	}
	to.stages = append(to.stages, stage)
	if from == nil {
		return
	}
	from.drop(stage)
	if stage == current {
		s.move(previous, from)
	}
}

// age is a text that sorts versions, the oldest first.
func (v *version) age() string { return fmt.Sprintf("%09d", v.number) }

func (v *version) drop(stage string) {
	v.stages = slices.DeleteFunc(v.stages, func(s string) bool { return s == stage })
}

// put adds a version, unless the token says that it is there already.
func (s *secret) put(token *string, v value, stages []string) (*version, error) {
	id := tokenOrNew(token)
	if old := s.version(id); old != nil {
		if !old.value.equal(v) {
			return nil, exists(msgTokenUsed, id, s.arn)
		}
		return old, nil
	}
	if len(s.versions) == 0 && !slices.Contains(stages, current) {
		stages = append([]string{current}, stages...) // a first version is the current one
	}
	return s.add(id, v, stages), nil
}

func (s *secret) add(id string, v value, stages []string) *version {
	now := time.Now().UTC()
	added := &version{number: 1, id: id, value: v, created: now}
	if n := len(s.versions); n > 0 {
		added.number = s.versions[n-1].number + 1
	}
	s.versions = append(s.versions, added)
	for _, stage := range stages {
		s.move(stage, added)
	}
	s.changed = now
	s.purge(now)
	return added
}

// purge removes the oldest deprecated version of too many.
func (s *secret) purge(now time.Time) {
	if len(s.versions) <= maxVersions {
		return
	}
	i := slices.IndexFunc(s.versions, func(v *version) bool {
		return len(v.stages) == 0 && now.Sub(v.created) > keepUnused
	})
	if i >= 0 {
		s.versions = slices.Delete(s.versions, i, i+1)
	}
}

// GetSecretValue mirrors the operation of that name.
func (m *Manager) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput) (*secretsmanager.GetSecretValueOutput, error) {
	m.mu.Lock() // reading is noted
	defer m.mu.Unlock()
	e, err := m.read(in.SecretId, in.VersionId, in.VersionStage)
	if err != nil {
		return nil, err
	}
	return &secretsmanager.GetSecretValueOutput{
		ARN:           e.ARN,
		CreatedDate:   e.CreatedDate,
		Name:          e.Name,
		SecretBinary:  e.SecretBinary,
		SecretString:  e.SecretString,
		VersionId:     e.VersionId,
		VersionStages: e.VersionStages,
	}, nil
}

// read returns a version of a secret and notes that it was read. The caller
// holds mu.
func (m *Manager) read(secretID, versionID, stage *string) (*types.SecretValueEntry, error) {
	err := first(optional("versionId", versionID, 32, 64), optional("versionStage", stage, 1, 256))
	if err != nil {
		return nil, err
	}
	s, err := m.live(secretID)
	if err != nil {
		return nil, err
	}
	v, err := s.pick(versionID, stage)
	if err != nil {
		return nil, err
	}
	s.accessed = time.Now().UTC()
	v.accessed = s.accessed
	return s.reveal(v), nil
}

// pick finds the version by its id, its label, or both if they agree.
func (s *secret) pick(id, stage *string) (*version, error) {
	if id == nil {
		label := current
		if stage != nil {
			label = *stage
		}
		return found(s.staged(label), msgStageNotFound, label)
	}
	v, err := found(s.version(*id), msgVersionNotFound, *id)
	if err == nil && stage != nil && !slices.Contains(v.stages, *stage) {
		return nil, invalidRequest(msgStageMismatch)
	}
	return v, err
}

func found(v *version, format, arg string) (*version, error) {
	if v == nil {
		return nil, notFound(format, arg)
	}
	return v, nil
}

func (s *secret) reveal(v *version) *types.SecretValueEntry {
	text, binary := v.value.open()
	return &types.SecretValueEntry{
		ARN:           aws.String(s.arn),
		CreatedDate:   aws.Time(v.created),
		Name:          aws.String(s.name),
		SecretBinary:  binary,
		SecretString:  text,
		VersionId:     aws.String(v.id),
		VersionStages: slices.Clone(v.stages),
	}
}

// PutSecretValue mirrors the operation of that name.
func (m *Manager) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput) (*secretsmanager.PutSecretValueOutput, error) {
	v, err := checkPut(in)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	put, err := s.put(in.ClientRequestToken, v, stagesOrCurrent(in.VersionStages))
	if err != nil {
		return nil, err
	}
	return &secretsmanager.PutSecretValueOutput{
		ARN:           aws.String(s.arn),
		Name:          aws.String(s.name),
		VersionId:     aws.String(put.id),
		VersionStages: slices.Clone(put.stages),
	}, nil
}

func checkPut(in *secretsmanager.PutSecretValueInput) (value, error) {
	v, err := given(in.SecretString, in.SecretBinary)
	if err == nil && v.absent() {
		err = invalidRequest(msgNoValue)
	}
	return v, first(
		err,
		checkToken(in.ClientRequestToken),
		checkStages(in.VersionStages),
		unsupported("RotationToken", in.RotationToken != nil),
	)
}

func checkStages(stages []string) error {
	if len(stages) > maxStages {
		return limitExceeded(msgTooManyStages, maxStages)
	}
	for _, stage := range stages {
		if err := size("versionStages", len(stage), 1, 256); err != nil {
			return err
		}
	}
	return nil
}

func stagesOrCurrent(stages []string) []string {
	if len(stages) == 0 {
		return []string{current}
	}
	return stages
}

package secrets

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/uuid"
)

var validName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@!-]+$`)

// secret is a secret and its versions.
type secret struct {
	name, arn   string
	description *string
	kmsKey      *string
	policy      *string // the resource policy
	tags        tagSet
	versions    []*version // oldest first

	created, changed time.Time
	accessed         time.Time  // zero until a value is read
	deletion         *time.Time // set while the secret is scheduled for deletion
}

// gone reports whether the recovery window of a deleted secret has passed.
func (s *secret) gone(now time.Time) bool { return s.deletion != nil && !now.Before(*s.deletion) }

// CreateSecret mirrors the operation of that name. Without a
// ClientRequestToken, which the SDKs fill in, the version gets an id of its
// own. Replicas and managed external secrets are not supported.
func (m *Manager) CreateSecret(_ context.Context, in *secretsmanager.CreateSecretInput) (*secretsmanager.CreateSecretOutput, error) {
	v, err := checkCreate(in)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.secrets[*in.Name]; s != nil && !s.gone(time.Now()) {
		return s.createdAgain(in, v)
	}
	s := m.create(in)
	out := &secretsmanager.CreateSecretOutput{ARN: aws.String(s.arn), Name: aws.String(s.name)}
	if !v.absent() {
		out.VersionId = aws.String(s.add(tokenOrNew(in.ClientRequestToken), v, []string{current}).id)
	}
	return out, nil
}

func checkCreate(in *secretsmanager.CreateSecretInput) (value, error) {
	v, err := given(in.SecretString, in.SecretBinary)
	return v, first(
		required("name", in.Name, 1, 512),
		checkName(in.Name),
		checkToken(in.ClientRequestToken),
		err,
		optional("description", in.Description, 0, 2048),
		optional("kmsKeyId", in.KmsKeyId, 0, 2048),
		checkTags(in.Tags),
		unsupported("AddReplicaRegions", len(in.AddReplicaRegions) > 0),
		unsupported("ForceOverwriteReplicaSecret", in.ForceOverwriteReplicaSecret),
		unsupported("Type", in.Type != nil),
	)
}

func checkName(name *string) error {
	if name == nil || validName.MatchString(*name) {
		return nil
	}
	return validation(msgName)
}

func checkToken(token *string) error {
	if token == nil || len(*token) >= 32 && len(*token) <= 64 {
		return nil
	}
	return invalidParameter(msgToken)
}

func tokenOrNew(token *string) string {
	if token == nil {
		return uuid.NewString()
	}
	return *token
}

// create adds a secret that has no value yet. The caller holds mu.
func (m *Manager) create(in *secretsmanager.CreateSecretInput) *secret {
	now := time.Now().UTC()
	s := &secret{
		name:        *in.Name,
		arn:         m.prefix + *in.Name + "-" + suffix(),
		description: clone(in.Description),
		kmsKey:      clone(in.KmsKeyId),
		tags:        tagSet{},
		created:     now,
		changed:     now,
	}
	s.tags.add(in.Tags)
	m.secrets[s.name] = s
	return s
}

// createdAgain answers a CreateSecret for a name that is taken: that of the
// same request once more is no error.
func (s *secret) createdAgain(in *secretsmanager.CreateSecretInput, v value) (*secretsmanager.CreateSecretOutput, error) {
	if s.deletion != nil {
		return nil, invalidRequest(msgExistsDeleted)
	}
	old := s.version(aws.ToString(in.ClientRequestToken))
	if old == nil || v.absent() {
		return nil, exists(msgExists, s.name)
	}
	if !old.value.equal(v) {
		return nil, exists(msgTokenUsed, old.id, s.arn)
	}
	return &secretsmanager.CreateSecretOutput{
		ARN: aws.String(s.arn), Name: aws.String(s.name), VersionId: aws.String(old.id),
	}, nil
}

// UpdateSecret mirrors the operation of that name.
func (m *Manager) UpdateSecret(_ context.Context, in *secretsmanager.UpdateSecretInput) (*secretsmanager.UpdateSecretOutput, error) {
	v, err := checkUpdate(in)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.UpdateSecretOutput{ARN: aws.String(s.arn), Name: aws.String(s.name)}
	if !v.absent() {
		put, err := s.put(in.ClientRequestToken, v, []string{current})
		if err != nil {
			return nil, err
		}
		out.VersionId = aws.String(put.id)
	}
	s.describe(in.Description, in.KmsKeyId)
	return out, nil
}

func checkUpdate(in *secretsmanager.UpdateSecretInput) (value, error) {
	v, err := given(in.SecretString, in.SecretBinary)
	return v, first(
		err,
		checkToken(in.ClientRequestToken),
		optional("description", in.Description, 0, 2048),
		optional("kmsKeyId", in.KmsKeyId, 0, 2048),
		unsupported("Type", in.Type != nil),
	)
}

func (s *secret) describe(description, kmsKey *string) {
	if description != nil {
		s.description = clone(description)
	}
	if kmsKey != nil {
		s.kmsKey = clone(kmsKey)
	}
	s.changed = time.Now().UTC()
}

// DescribeSecret mirrors the operation of that name. It also describes a
// secret that is scheduled for deletion.
func (m *Manager) DescribeSecret(_ context.Context, in *secretsmanager.DescribeSecretInput) (*secretsmanager.DescribeSecretOutput, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, err := m.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	e := s.entry()
	return &secretsmanager.DescribeSecretOutput{
		ARN:                e.ARN,
		CreatedDate:        e.CreatedDate,
		DeletedDate:        e.DeletedDate,
		Description:        e.Description,
		KmsKeyId:           e.KmsKeyId,
		LastAccessedDate:   e.LastAccessedDate,
		LastChangedDate:    e.LastChangedDate,
		Name:               e.Name,
		Tags:               e.Tags,
		VersionIdsToStages: e.SecretVersionsToStages,
	}, nil
}

// entry describes the secret as ListSecrets does.
func (s *secret) entry() types.SecretListEntry {
	return types.SecretListEntry{
		ARN:                    aws.String(s.arn),
		CreatedDate:            aws.Time(s.created),
		DeletedDate:            clone(s.deletion),
		Description:            clone(s.description),
		KmsKeyId:               clone(s.kmsKey),
		LastAccessedDate:       day(s.accessed),
		LastChangedDate:        aws.Time(s.changed),
		Name:                   aws.String(s.name),
		SecretVersionsToStages: s.stages(),
		Tags:                   s.tags.list(),
	}
}

// stages returns the versions that have labels, nil if there are none.
func (s *secret) stages() map[string][]string {
	labelled := map[string][]string{}
	for _, v := range s.versions {
		if len(v.stages) > 0 {
			labelled[v.id] = slices.Clone(v.stages)
		}
	}
	if len(labelled) == 0 {
		return nil
	}
	return labelled
}

// day returns the day of t: Secrets Manager keeps no time of an access.
func day(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return aws.Time(t.UTC().Truncate(24 * time.Hour))
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	x := *p
	return &x
}

// sorted returns a map's keys in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package secrets

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/page"
)

// ListSecrets mirrors the operation of that name. Secrets come oldest first
// unless the request says otherwise.
func (m *Manager) ListSecrets(_ context.Context, in *secretsmanager.ListSecretsInput) (*secretsmanager.ListSecretsOutput, error) {
	if err := checkList(in); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	list := m.matching(in.Filters, aws.ToBool(in.IncludePlannedDeletion))
	rows, next, ok := orderOf(in).Cut(list, in.NextToken, limitOf(in.MaxResults, 100))
	if !ok {
		return nil, badToken()
	}
	out := &secretsmanager.ListSecretsOutput{NextToken: next, SecretList: []types.SecretListEntry{}}
	for _, s := range rows {
		out.SecretList = append(out.SecretList, s.entry())
	}
	return out, nil
}

func checkList(in *secretsmanager.ListSecretsInput) error {
	return first(
		between("maxResults", in.MaxResults, 1, 100),
		oneOf("sortBy", in.SortBy, in.SortBy.Values()),
		oneOf("sortOrder", in.SortOrder, in.SortOrder.Values()),
		checkFilters(in.Filters),
	)
}

func badToken() error {
	return &types.InvalidNextTokenException{Message: aws.String(msgNextToken)}
}

// matching returns the secrets that pass all filters, by name. The caller
// holds mu.
func (m *Manager) matching(filters []types.Filter, deleted bool) []*secret {
	var list []*secret
	now := time.Now()
	for _, name := range sorted(m.secrets) {
		s := m.secrets[name]
		if s.gone(now) || s.deletion != nil && !deleted || !s.passes(filters) {
			continue
		}
		list = append(list, s)
	}
	return list
}

func orderOf(in *secretsmanager.ListSecretsInput) page.Order[*secret] {
	by := func(s *secret) string { return moment(s.created) }
	switch in.SortBy {
	case types.SortByTypeName:
		by = func(*secret) string { return "" }
	case types.SortByTypeLastAccessedDate:
		by = func(s *secret) string { return moment(s.accessed) }
	case types.SortByTypeLastChangedDate:
		by = func(s *secret) string { return moment(s.changed) }
	}
	return page.Order[*secret]{
		Key:  func(s *secret) string { return by(s) + " " + s.name },
		Desc: in.SortOrder == types.SortOrderTypeDesc,
	}
}

// moment is a time as a text that sorts as it does.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000") }

func limitOf(limit *int32, most int) int {
	if limit == nil {
		return most
	}
	return int(*limit)
}

// ListSecretVersionIds mirrors the operation of that name.
func (m *Manager) ListSecretVersionIds(_ context.Context, in *secretsmanager.ListSecretVersionIdsInput) (*secretsmanager.ListSecretVersionIdsOutput, error) {
	if err := between("maxResults", in.MaxResults, 1, 100); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, err := m.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	oldest := page.Order[*version]{Key: (*version).age}
	rows, next, ok := oldest.Cut(s.listed(aws.ToBool(in.IncludeDeprecated)), in.NextToken, limitOf(in.MaxResults, 100))
	if !ok {
		return nil, badToken()
	}
	return &secretsmanager.ListSecretVersionIdsOutput{
		ARN: aws.String(s.arn), Name: aws.String(s.name), NextToken: next, Versions: s.history(rows),
	}, nil
}

// listed are the versions that have labels, or all.
func (s *secret) listed(deprecated bool) []*version {
	return slices.DeleteFunc(slices.Clone(s.versions), func(v *version) bool { return len(v.stages) == 0 && !deprecated })
}

func (s *secret) history(versions []*version) []types.SecretVersionsListEntry {
	list := []types.SecretVersionsListEntry{}
	for _, v := range versions {
		list = append(list, types.SecretVersionsListEntry{
			CreatedDate:      aws.Time(v.created),
			KmsKeyIds:        []string{cmp.Or(aws.ToString(s.kmsKey), "DefaultEncryptionKey")},
			LastAccessedDate: day(v.accessed),
			VersionId:        aws.String(v.id),
			VersionStages:    slices.Clone(v.stages),
		})
	}
	return list
}

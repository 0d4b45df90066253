package secrets_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/secrets"
)

func manager() *secrets.Manager { return secrets.NewManager(account, region) }

func create(t *testing.T, m *secrets.Manager, name, value string) *secretsmanager.CreateSecretOutput {
	t.Helper()
	out, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &value})
	require.NoError(t, err)
	return out
}

func put(t *testing.T, m *secrets.Manager, name, value string, stages ...string) string {
	t.Helper()
	out, err := m.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: &name, SecretString: &value, VersionStages: stages,
	})
	require.NoError(t, err)
	return *out.VersionId
}

func stages(t *testing.T, m *secrets.Manager, name string) map[string][]string {
	t.Helper()
	out, err := m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: &name})
	require.NoError(t, err)
	return out.VersionIdsToStages
}

func get(t *testing.T, m *secrets.Manager, id string) string {
	t.Helper()
	out, err := m.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &id})
	require.NoError(t, err)
	return aws.ToString(out.SecretString)
}

func TestCreateSecretRefuses(t *testing.T) {
	m := manager()
	token := uuid.NewString()
	_, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("taken"), SecretString: aws.String("hunter2"), ClientRequestToken: &token,
	})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		in             secretsmanager.CreateSecretInput
		code, fragment string
	}{
		"a name that is taken": {secretsmanager.CreateSecretInput{Name: aws.String("taken"), SecretString: aws.String("x")},
			"ResourceExistsException", "The operation failed because the secret taken already exists."},
		"a token that is used": {secretsmanager.CreateSecretInput{Name: aws.String("taken"), SecretString: aws.String("x"), ClientRequestToken: &token},
			"ResourceExistsException", "already in use for a version of secret arn:"},
		"a bad name": {secretsmanager.CreateSecretInput{Name: aws.String("a b")},
			"ValidationException", "Invalid name."},
		"two values": {secretsmanager.CreateSecretInput{Name: aws.String("a"), SecretString: aws.String("x"), SecretBinary: []byte("y")},
			"InvalidParameterException", "both"},
		"a huge value": {secretsmanager.CreateSecretInput{Name: aws.String("a"), SecretString: aws.String(strings.Repeat("x", 65537))},
			"ValidationException", "'secretString'"},
		"an empty value": {secretsmanager.CreateSecretInput{Name: aws.String("a"), SecretBinary: []byte{}},
			"ValidationException", "'secretBinary'"},
		"a short token": {secretsmanager.CreateSecretInput{Name: aws.String("a"), ClientRequestToken: aws.String("x")},
			"InvalidParameterException", "ClientRequestToken must be 32-64 characters long."},
		"replicas": {secretsmanager.CreateSecretInput{Name: aws.String("a"), AddReplicaRegions: []types.ReplicaRegionType{{}}},
			"ValidationException", "AddReplicaRegions"},
		"a reserved tag": {secretsmanager.CreateSecretInput{Name: aws.String("a"), Tags: []types.Tag{{Key: aws.String("aws:x")}}},
			"InvalidParameterException", "reserved"},
		"a tag twice": {secretsmanager.CreateSecretInput{Name: aws.String("a"), Tags: []types.Tag{{Key: aws.String("x")}, {Key: aws.String("x")}}},
			"InvalidParameterException", "more than one tag"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := m.CreateSecret(t.Context(), &c.in)
			code(t, err, c.code, c.fragment)
		})
	}
	again, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("taken"), SecretString: aws.String("hunter2"), ClientRequestToken: &token,
	})
	require.NoError(t, err, "the same request once more")
	assert.Equal(t, token, *again.VersionId)
}

// TestLengthsAreThoseOfCharacters, but a value's are bytes.
func TestLengthsAreThoseOfCharacters(t *testing.T) {
	m := manager()
	_, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("a"), Description: aws.String(strings.Repeat("ü", 2048)), SecretString: aws.String(strings.Repeat("ü", 32768)),
		Tags: []types.Tag{{Key: aws.String(strings.Repeat("ü", 128)), Value: aws.String(strings.Repeat("ü", 256))}},
	})
	require.NoError(t, err)
	_, err = m.UpdateSecret(t.Context(), &secretsmanager.UpdateSecretInput{SecretId: aws.String("a"), Description: aws.String(strings.Repeat("ü", 2049))})
	code(t, err, "ValidationException", "'description'")
	_, err = m.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("a"), SecretString: aws.String(strings.Repeat("ü", 32769))})
	code(t, err, "ValidationException", "'secretString'")
}

func TestSecretWithoutAValue(t *testing.T) {
	m := manager()
	out, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("empty")})
	require.NoError(t, err)
	assert.Nil(t, out.VersionId)
	_, err = m.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("empty")})
	code(t, err, "ResourceNotFoundException", "staging label: AWSCURRENT")
	id := put(t, m, "empty", "first", "AWSPENDING")
	assert.Equal(t, map[string][]string{id: {"AWSCURRENT", "AWSPENDING"}}, stages(t, m, "empty"))
}

func TestSecretIDs(t *testing.T) {
	m := manager()
	arn := *create(t, m, "a/b", "1").ARN
	for _, id := range []string{"a/b", arn, arn[:len(arn)-7]} {
		assert.Equal(t, "1", get(t, m, id), id)
	}
	for id, want := range map[string]string{
		"a": "ResourceNotFoundException", arn[:len(arn)-1]: "ResourceNotFoundException",
		strings.Replace(arn, region, "us-east-1", 1): "ResourceNotFoundException",
		"a b": "ValidationException", "": "ValidationException", strings.Repeat("x", 2049): "ValidationException",
	} {
		_, err := m.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &id})
		code(t, err, want, "")
	}
	lookalike := *create(t, m, "a/b-AbCdEf", "2").ARN
	assert.Equal(t, "2", get(t, m, "a/b-AbCdEf"))
	assert.Equal(t, "2", get(t, m, lookalike[:len(lookalike)-7]))
	assert.Equal(t, "1", get(t, m, arn))
}

func TestStagesMoveAsVersionsComeIn(t *testing.T) {
	m := manager()
	v1 := *create(t, m, "s", "1").VersionId
	v2 := put(t, m, "s", "2")
	assert.Equal(t, map[string][]string{v1: {"AWSPREVIOUS"}, v2: {"AWSCURRENT"}}, stages(t, m, "s"))
	v3 := put(t, m, "s", "3")
	assert.Equal(t, map[string][]string{v2: {"AWSPREVIOUS"}, v3: {"AWSCURRENT"}}, stages(t, m, "s"), "the first is deprecated")
	v4 := put(t, m, "s", "4", "AWSPENDING", "mine")
	assert.Equal(t, map[string][]string{v2: {"AWSPREVIOUS"}, v3: {"AWSCURRENT"}, v4: {"AWSPENDING", "mine"}}, stages(t, m, "s"))
	assert.Equal(t, "3", get(t, m, "s"))

	_, err := m.UpdateSecretVersionStage(t.Context(), &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: aws.String("s"), VersionStage: aws.String("AWSCURRENT"), MoveToVersionId: &v4, RemoveFromVersionId: &v3,
	})
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{v3: {"AWSPREVIOUS"}, v4: {"AWSPENDING", "mine", "AWSCURRENT"}}, stages(t, m, "s"))

	listed := func(deprecated bool) (ids []string) {
		out, err := m.ListSecretVersionIds(t.Context(), &secretsmanager.ListSecretVersionIdsInput{
			SecretId: aws.String("s"), IncludeDeprecated: &deprecated,
		})
		require.NoError(t, err)
		for _, v := range out.Versions {
			ids = append(ids, *v.VersionId)
		}
		return ids
	}
	assert.Equal(t, []string{v3, v4}, listed(false))
	assert.Equal(t, []string{v1, v2, v3, v4}, listed(true))

	old, err := m.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s"), VersionId: &v1})
	require.NoError(t, err, "a deprecated version can still be read")
	assert.Equal(t, "1", *old.SecretString)
	assert.Empty(t, old.VersionStages)
}

func TestGetSecretValueByVersionAndStage(t *testing.T) {
	m := manager()
	v1 := *create(t, m, "s", "1").VersionId
	v2 := put(t, m, "s", "2")
	other := uuid.NewString()
	for _, c := range []struct {
		id, stage, want, code, fragment string
	}{
		{stage: "AWSPREVIOUS", want: "1"},
		{id: v1, want: "1"},
		{id: v2, stage: "AWSCURRENT", want: "2"},
		{id: v1, stage: "AWSCURRENT", code: "InvalidRequestException", fragment: "not associated to the provided VersionId"},
		{stage: "none", code: "ResourceNotFoundException", fragment: "staging label: none"},
		{id: other, code: "ResourceNotFoundException", fragment: "VersionId: " + other},
		{id: "short", code: "ValidationException", fragment: "'versionId'"},
	} {
		in := &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")}
		if c.id != "" {
			in.VersionId = &c.id
		}
		if c.stage != "" {
			in.VersionStage = &c.stage
		}
		out, err := m.GetSecretValue(t.Context(), in)
		if c.code != "" {
			code(t, err, c.code, c.fragment)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, c.want, *out.SecretString)
	}
}

func TestPutSecretValueIsIdempotent(t *testing.T) {
	m := manager()
	create(t, m, "s", "1")
	token := uuid.NewString()
	in := &secretsmanager.PutSecretValueInput{SecretId: aws.String("s"), SecretString: aws.String("2"), ClientRequestToken: &token}
	first, err := m.PutSecretValue(t.Context(), in)
	require.NoError(t, err)
	again, err := m.PutSecretValue(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, first.VersionId, again.VersionId)
	assert.Len(t, stages(t, m, "s"), 2)

	in.SecretString = aws.String("hunter2")
	_, err = m.PutSecretValue(t.Context(), in)
	code(t, err, "ResourceExistsException", "You can't use ClientRequestToken "+token)
	in.SecretString, in.SecretBinary = nil, []byte("2")
	_, err = m.PutSecretValue(t.Context(), in)
	code(t, err, "ResourceExistsException", "")
	in.SecretBinary = nil
	_, err = m.PutSecretValue(t.Context(), in)
	code(t, err, "InvalidRequestException", "You must provide either SecretString or SecretBinary.")
}

func TestUpdateSecret(t *testing.T) {
	m := manager()
	v1 := *create(t, m, "s", "1").VersionId
	out, err := m.UpdateSecret(t.Context(), &secretsmanager.UpdateSecretInput{
		SecretId: aws.String("s"), Description: aws.String("d"), KmsKeyId: aws.String("k"),
	})
	require.NoError(t, err)
	assert.Nil(t, out.VersionId)
	d, err := m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	require.NoError(t, err)
	assert.Equal(t, []string{"d", "k"}, []string{*d.Description, *d.KmsKeyId})

	out, err = m.UpdateSecret(t.Context(), &secretsmanager.UpdateSecretInput{SecretId: aws.String("s"), SecretString: aws.String("2")})
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{v1: {"AWSPREVIOUS"}, *out.VersionId: {"AWSCURRENT"}}, stages(t, m, "s"))
}

func TestUpdateSecretVersionStageRefuses(t *testing.T) {
	m := manager()
	v1 := *create(t, m, "s", "1").VersionId
	v2 := put(t, m, "s", "2")
	for name, c := range map[string]struct {
		stage, from, to, code, fragment string
	}{
		"to move a label it doesn't say where from": {"AWSCURRENT", "", v1, "InvalidParameterException",
			"The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version " + v2 +
				", so you must explicitly reference that version in RemoveFromVersionId."},
		"to move from another":       {"AWSCURRENT", v1, v1, "InvalidParameterException", "isn't attached to version " + v1},
		"to remove the current one":  {"AWSCURRENT", v2, "", "InvalidParameterException", "It can't be completely removed."},
		"to remove what isn't there": {"mine", v2, "", "InvalidParameterException", "isn't attached"},
		"nothing to do":              {"mine", "", "", "InvalidParameterException", "MoveToVersionId"},
		"an unknown version":         {"mine", "", uuid.NewString(), "ResourceNotFoundException", "VersionId"},
	} {
		t.Run(name, func(t *testing.T) {
			in := &secretsmanager.UpdateSecretVersionStageInput{SecretId: aws.String("s"), VersionStage: &c.stage}
			if c.from != "" {
				in.RemoveFromVersionId = &c.from
			}
			if c.to != "" {
				in.MoveToVersionId = &c.to
			}
			_, err := m.UpdateSecretVersionStage(t.Context(), in)
			code(t, err, c.code, c.fragment)
		})
	}
	assert.Equal(t, map[string][]string{v1: {"AWSPREVIOUS"}, v2: {"AWSCURRENT"}}, stages(t, m, "s"))

	for _, in := range []*secretsmanager.UpdateSecretVersionStageInput{
		{MoveToVersionId: &v1}, {MoveToVersionId: &v1}, {RemoveFromVersionId: &v1, MoveToVersionId: &v2}, {RemoveFromVersionId: &v2},
	} {
		in.SecretId, in.VersionStage = aws.String("s"), aws.String("mine")
		_, err := m.UpdateSecretVersionStage(t.Context(), in)
		require.NoError(t, err)
	}
	assert.Equal(t, map[string][]string{v1: {"AWSPREVIOUS"}, v2: {"AWSCURRENT"}}, stages(t, m, "s"))
}

func TestDeletedSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager()
		create(t, m, "s", "hunter2")
		id := aws.String("s")
		out, err := m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: id, RecoveryWindowInDays: aws.Int64(7)})
		require.NoError(t, err)
		assert.Equal(t, 7*24*time.Hour, time.Until(*out.DeletionDate))

		_, err = m.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: id})
		code(t, err, "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.")
		_, err = m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: id})
		code(t, err, "InvalidRequestException", "already scheduled for deletion")
		_, err = m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: id})
		code(t, err, "InvalidRequestException", "")
		d, err := m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: id})
		require.NoError(t, err)
		assert.Equal(t, out.DeletionDate, d.DeletedDate)
		assert.Empty(t, listSecrets(t, m, &secretsmanager.ListSecretsInput{}))
		assert.Equal(t, []string{"s"}, listSecrets(t, m, &secretsmanager.ListSecretsInput{IncludePlannedDeletion: aws.Bool(true)}))

		for range 2 { // the second time it is alive
			_, err = m.RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: id})
			require.NoError(t, err)
		}
		assert.Equal(t, "hunter2", get(t, m, "s"))

		_, err = m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: id})
		require.NoError(t, err)
		time.Sleep(30 * 24 * time.Hour)
		_, err = m.RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: id})
		code(t, err, "ResourceNotFoundException", "")
		create(t, m, "s", "new")
	})
}

func TestForceDelete(t *testing.T) {
	m := manager()
	old := create(t, m, "s", "1")
	force := &secretsmanager.DeleteSecretInput{SecretId: aws.String("s"), ForceDeleteWithoutRecovery: aws.Bool(true)}
	for range 2 { // there needn't be a secret
		out, err := m.DeleteSecret(t.Context(), force)
		require.NoError(t, err)
		assert.Contains(t, *out.ARN, ":secret:s-")
	}
	assert.NotEqual(t, *old.ARN, *create(t, m, "s", "2").ARN)
	_, err := m.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: old.ARN})
	code(t, err, "ResourceNotFoundException", "")

	force.RecoveryWindowInDays = aws.Int64(7)
	_, err = m.DeleteSecret(t.Context(), force)
	code(t, err, "InvalidParameterException", "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
	_, err = m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: aws.String("s"), RecoveryWindowInDays: aws.Int64(6)})
	code(t, err, "InvalidParameterException", "between 7 and 30")
	gone, err := m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: old.ARN, ForceDeleteWithoutRecovery: aws.Bool(true)})
	require.NoError(t, err)
	assert.Equal(t, old.ARN, gone.ARN)
	_, err = m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: aws.String("none")})
	code(t, err, "ResourceNotFoundException", "")
}

func listSecrets(t *testing.T, m *secrets.Manager, in *secretsmanager.ListSecretsInput) (names []string) {
	t.Helper()
	out, err := m.ListSecrets(t.Context(), in)
	require.NoError(t, err)
	for _, e := range out.SecretList {
		names = append(names, *e.Name)
	}
	return names
}

// three makes secrets c, a/1 and b, a minute apart.
func three(t *testing.T, m *secrets.Manager) {
	t.Helper()
	for _, in := range []secretsmanager.CreateSecretInput{
		{Name: aws.String("c"), Description: aws.String("The Key")},
		{Name: aws.String("a/1"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}},
		{Name: aws.String("b"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}}},
	} {
		in.SecretString = aws.String("hunter2")
		_, err := m.CreateSecret(t.Context(), &in)
		require.NoError(t, err)
		time.Sleep(time.Minute)
	}
}

func TestListSecretsFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager()
		three(t, m)
		for _, c := range []struct {
			key    types.FilterNameStringType
			values []string
			want   []string
		}{
			{"name", []string{"a"}, []string{"a/1"}},
			{"name", []string{"A"}, nil},
			{"name", []string{"a", "b"}, []string{"a/1", "b"}},
			{"name", []string{"!a"}, []string{"c", "b"}},
			{"name", []string{"!a", "!b"}, []string{"c"}},
			{"description", []string{"the k"}, []string{"c"}},
			{"description", []string{"key"}, []string{"c"}},
			{"tag-key", []string{"team"}, []string{"a/1", "b"}},
			{"tag-value", []string{"re"}, []string{"b"}},
			{"all", []string{"KEY"}, []string{"c"}},
			{"all", []string{"team blue"}, []string{"a/1"}},
			{"owning-service", []string{"rds"}, nil},
		} {
			got := listSecrets(t, m, &secretsmanager.ListSecretsInput{Filters: []types.Filter{{Key: c.key, Values: c.values}}})
			assert.Equal(t, c.want, got, "%s %s", c.key, c.values)
		}
		assert.Equal(t, []string{"b"}, listSecrets(t, m, &secretsmanager.ListSecretsInput{Filters: []types.Filter{
			{Key: "tag-key", Values: []string{"team"}}, {Key: "name", Values: []string{"b"}},
		}}), "all filters must match")
	})
}

func TestListSecretsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager()
		three(t, m)
		get(t, m, "a/1")
		put(t, m, "c", "2")
		for _, c := range []struct {
			by        types.SortByType
			direction types.SortOrderType
			want      []string
		}{
			{"", "", []string{"c", "a/1", "b"}},
			{"", "desc", []string{"b", "a/1", "c"}},
			{"name", "asc", []string{"a/1", "b", "c"}},
			{"last-changed-date", "desc", []string{"c", "b", "a/1"}},
			{"last-accessed-date", "desc", []string{"a/1", "c", "b"}},
		} {
			got := listSecrets(t, m, &secretsmanager.ListSecretsInput{SortBy: c.by, SortOrder: c.direction})
			assert.Equal(t, c.want, got, "%s %s", c.by, c.direction)
		}
	})
}

func TestBatchGetSecretValue(t *testing.T) {
	m := manager()
	create(t, m, "a", "1")
	create(t, m, "b", "2")
	out, err := m.BatchGetSecretValue(t.Context(), &secretsmanager.BatchGetSecretValueInput{SecretIdList: []string{"a", "none", "b"}})
	require.NoError(t, err)
	require.Len(t, out.SecretValues, 2)
	assert.Equal(t, "2", *out.SecretValues[1].SecretString)
	assert.Equal(t, []types.APIErrorType{{
		SecretId: aws.String("none"), ErrorCode: aws.String("ResourceNotFoundException"),
		Message: aws.String("Secrets Manager can't find the specified secret."),
	}}, out.Errors)

	filtered := &secretsmanager.BatchGetSecretValueInput{
		Filters: []types.Filter{{Key: "name", Values: []string{"a", "b"}}}, MaxResults: aws.Int32(1),
	}
	out, err = m.BatchGetSecretValue(t.Context(), filtered)
	require.NoError(t, err)
	require.Len(t, out.SecretValues, 1)
	filtered.NextToken = out.NextToken
	out, err = m.BatchGetSecretValue(t.Context(), filtered)
	require.NoError(t, err)
	assert.Equal(t, "b", *out.SecretValues[0].Name)
	assert.Nil(t, out.NextToken)

	filtered.SecretIdList = []string{"a"}
	_, err = m.BatchGetSecretValue(t.Context(), filtered)
	code(t, err, "InvalidParameterException", "Either 'SecretIdList' or 'Filters' must be provided, but not both.")
	_, err = m.BatchGetSecretValue(t.Context(), &secretsmanager.BatchGetSecretValueInput{SecretIdList: []string{"a"}, MaxResults: aws.Int32(1)})
	code(t, err, "InvalidParameterException", "'Filters' must also be specified")
}

func TestGetRandomPassword(t *testing.T) {
	yes, no := aws.Bool(true), aws.Bool(false)
	for name, c := range map[string]struct {
		in      secretsmanager.GetRandomPasswordInput
		pattern string
	}{
		"default":       {secretsmanager.GetRandomPasswordInput{}, `^[!-~]{32}$`},
		"digits":        {secretsmanager.GetRandomPasswordInput{ExcludeLowercase: yes, ExcludeUppercase: yes, ExcludePunctuation: yes}, `^\d{32}$`},
		"shortest":      {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(4)}, `^[!-~]{4}$`},
		"any of them":   {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(1), RequireEachIncludedType: no}, `^[!-~]$`},
		"longest":       {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(4096), IncludeSpace: yes}, `(?s)^.*[ ].*$`},
		"but for these": {secretsmanager.GetRandomPasswordInput{ExcludeCharacters: aws.String(`"/@\ 0123456789`)}, `^[^"/@\\\d]{32}$`},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := manager().GetRandomPassword(t.Context(), &c.in)
			require.NoError(t, err)
			assert.Regexp(t, c.pattern, *out.RandomPassword)
		})
	}
	for name, c := range map[string]struct {
		in             secretsmanager.GetRandomPasswordInput
		code, fragment string
	}{
		"too short": {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(3)},
			"InvalidParameterException", "Password length is too short based on the required types."},
		"too long": {secretsmanager.GetRandomPasswordInput{PasswordLength: aws.Int64(4097)}, "ValidationException", "'passwordLength'"},
		"of nothing": {secretsmanager.GetRandomPasswordInput{ExcludeLowercase: yes, ExcludeUppercase: yes, ExcludePunctuation: yes, ExcludeNumbers: yes},
			"InvalidParameterException", "excludes every character"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := manager().GetRandomPassword(t.Context(), &c.in)
			code(t, err, c.code, c.fragment)
		})
	}
}

func TestSecretTags(t *testing.T) {
	m := manager()
	create(t, m, "s", "1")
	_, err := m.TagResource(t.Context(), &secretsmanager.TagResourceInput{SecretId: aws.String("s"), Tags: []types.Tag{
		{Key: aws.String("b"), Value: aws.String("2")}, {Key: aws.String("a"), Value: aws.String("1")},
	}})
	require.NoError(t, err)
	_, err = m.UntagResource(t.Context(), &secretsmanager.UntagResourceInput{SecretId: aws.String("s"), TagKeys: []string{"b", "none"}})
	require.NoError(t, err)
	d, err := m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	require.NoError(t, err)
	assert.Equal(t, []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}}, d.Tags)

	many := &secretsmanager.TagResourceInput{SecretId: aws.String("s")}
	for i := range 50 {
		many.Tags = append(many.Tags, types.Tag{Key: aws.String(strings.Repeat("k", i+1))})
	}
	_, err = m.TagResource(t.Context(), many)
	code(t, err, "InvalidParameterException", "more than 50 tags")
}

func TestOutputsAreCopies(t *testing.T) {
	m := manager()
	binary := []byte("abc")
	_, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("s"), SecretBinary: binary, Description: aws.String("d")})
	require.NoError(t, err)
	binary[0] = 'x'
	in := &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")}
	out, err := m.GetSecretValue(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, "abc", string(out.SecretBinary))
	out.SecretBinary[0], out.VersionStages[0] = 'x', "x"
	d, err := m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	require.NoError(t, err)
	*d.Description = "x"

	out, err = m.GetSecretValue(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, "abc AWSCURRENT", string(out.SecretBinary)+" "+out.VersionStages[0])
	d, err = m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	require.NoError(t, err)
	assert.Equal(t, "d", *d.Description)
}

func TestOldDeprecatedVersionsArePurged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := manager()
		create(t, m, "s", "0")
		for range 120 {
			put(t, m, "s", "x")
			time.Sleep(time.Hour)
		}
		out, err := m.ListSecretVersionIds(t.Context(), &secretsmanager.ListSecretVersionIdsInput{SecretId: aws.String("s"), IncludeDeprecated: aws.Bool(true)})
		require.NoError(t, err)
		assert.Len(t, out.Versions, 100)
		assert.Nil(t, out.NextToken)
	})
}

func TestAVersionHasTwentyStages(t *testing.T) {
	m := manager()
	create(t, m, "s", "1")
	many := strings.Split("a b c d e f g h i j k l m n o p q r s t", " ")
	id := put(t, m, "s", "2", many...)
	_, err := m.UpdateSecretVersionStage(t.Context(), &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: aws.String("s"), VersionStage: aws.String("u"), MoveToVersionId: &id,
	})
	code(t, err, "LimitExceededException", "20")
	_, err = m.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: aws.String("s"), SecretString: aws.String("3"), VersionStages: append(many, "u"),
	})
	code(t, err, "LimitExceededException", "20")
}

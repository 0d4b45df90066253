package secrets

import (
	"context"
	"crypto/rand"
	"math/big"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

const (
	lowercase   = "abcdefghijklmnopqrstuvwxyz"
	uppercase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// GetRandomPassword mirrors the operation of that name.
func (m *Manager) GetRandomPassword(_ context.Context, in *secretsmanager.GetRandomPasswordInput) (*secretsmanager.GetRandomPasswordOutput, error) {
	length := int64(32)
	if in.PasswordLength != nil {
		length = *in.PasswordLength
	}
	sets := characterSets(in)
	all := strings.Join(sets, "")
	if aws.ToBool(in.IncludeSpace) {
		all += without(" ", aws.ToString(in.ExcludeCharacters))
	}
	if in.RequireEachIncludedType != nil && !*in.RequireEachIncludedType {
		sets = nil
	}
	if err := checkPassword(in, length, sets, all); err != nil {
		return nil, err
	}
	return &secretsmanager.GetRandomPasswordOutput{RandomPassword: aws.String(password(int(length), sets, all))}, nil
}

func checkPassword(in *secretsmanager.GetRandomPasswordInput, length int64, sets []string, all string) error {
	err := first(
		between("passwordLength", &length, 1, 4096),
		optional("excludeCharacters", in.ExcludeCharacters, 0, 4096),
	)
	switch {
	case err != nil:
		return err
	case all == "":
		return invalidParameter(msgPasswordEmpty)
	case length < int64(len(sets)):
		return invalidParameter(msgPasswordShort)
	}
	return nil
}

// characterSets returns the sets that the password is made of, without what
// the request excludes.
func characterSets(in *secretsmanager.GetRandomPasswordInput) []string {
	var sets []string
	for _, set := range []struct {
		characters string
		excluded   *bool
	}{
		{lowercase, in.ExcludeLowercase},
		{uppercase, in.ExcludeUppercase},
		{digits, in.ExcludeNumbers},
		{punctuation, in.ExcludePunctuation},
	} {
		left := without(set.characters, aws.ToString(in.ExcludeCharacters))
		if left != "" && !aws.ToBool(set.excluded) {
			sets = append(sets, left)
		}
	}
	return sets
}

func without(characters, excluded string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(excluded, r) {
			return -1
		}
		return r
	}, characters)
}

// password takes one character of each set, fills up from all, and shuffles.
func password(length int, sets []string, all string) string {
	p := make([]byte, 0, length)
	for _, set := range sets {
		p = append(p, set[below(len(set))])
	}
	for len(p) < length {
		p = append(p, all[below(len(all))])
	}
	for i := len(p) - 1; i > 0; i-- {
		j := below(i + 1)
		p[i], p[j] = p[j], p[i]
	}
	return string(p)
}

// below returns a random number from 0 to n-1.
func below(n int) int {
	i, _ := rand.Int(rand.Reader, big.NewInt(int64(n))) // never fails
	return int(i.Int64())
}

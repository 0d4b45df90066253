package secrets_test

import (
	"context"
	"fmt"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/secrets"
)

func ExampleStore_Resolve() {
	s := secrets.NewStore("123456789012", "eu-central-1")
	db := s.PutJSON("prod/db", map[string]any{"user": "app", "port": 5432})
	s.PutParameter("/prod/level", "debug")

	for _, valueFrom := range []string{db + ":port::", "/prod/level", "/prod/other"} {
		value, err := s.Resolve(context.Background(), valueFrom)
		fmt.Println(value, err != nil)
	}
	// Output:
	// 5432 false
	// debug false
	//  true
}

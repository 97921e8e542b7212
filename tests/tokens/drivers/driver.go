// Makes the tokens that the lines of standard input ask for; see ../languages.py.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	chattokens "example/tokens"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		secret, userID, email, name := text(fields[1]), text(fields[2]), text(fields[3]), text(fields[4])
		if fields[0] == "hmac" {
			fmt.Println(chattokens.UserAuthToken(secret, userID, email))
			continue
		}
		person := chattokens.Person{UserID: userID, Email: email, Name: name}
		issuedAt := time.Unix(number(fields[5]), 0)
		token, err := chattokens.IdentityToken(secret, person, issuedAt, time.Duration(number(fields[6]))*time.Second)
		if err != nil {
			panic(err)
		}
		fmt.Println(token)
	}
}

func text(field string) string {
	bytes, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		panic(err)
	}
	return string(bytes)
}

func number(field string) int64 {
	value, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		panic(err)
	}
	return value
}

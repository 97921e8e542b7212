// Makes the tokens that the lines of standard input ask for; see ../languages.py.
using System;
using System.Linq;
using System.Text;

public static class Driver
{
    public static void Main()
    {
        for (string? line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            string[] fields = line.Split('\t');
            string[] text = fields[1..5].Select(field => Encoding.UTF8.GetString(Convert.FromBase64String(field))).ToArray();
            Console.WriteLine(fields[0] == "hmac"
                ? ChatTokens.UserAuthToken(text[0], text[1], text[2])
                : ChatTokens.IdentityToken(text[0], text[1], text[2], text[3], long.Parse(fields[6]), long.Parse(fields[5])));
        }
    }
}

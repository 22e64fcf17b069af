using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote.Tests;

/// <summary>A request as received by the server.</summary>
/// <param name="Body">The JSON body.</param>
/// <param name="Question">The text of the last message.</param>
/// <param name="Attempt">How often this question was asked, from 1.</param>
/// <param name="Authorization">The header with the key.</param>
internal sealed record ChatCall(JsonObject Body, string Question, int Attempt, string Authorization)
{
    public int SampleCount => (int)Body["n"]!;
}

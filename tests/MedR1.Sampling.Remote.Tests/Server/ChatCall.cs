using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote.Tests;

/// <summary>A request as the server got it.</summary>
/// <param name="Body">Its JSON.</param>
/// <param name="Question">The text of its last message.</param>
/// <param name="Attempt">How often that was asked, from 1.</param>
/// <param name="Authorization">The header that carries the key.</param>
internal sealed record ChatCall(JsonObject Body, string Question, int Attempt, string Authorization)
{
    public int SampleCount => (int)Body["n"]!;
}

using Microsoft.Extensions.AI;

using AiMessage = Microsoft.Extensions.AI.ChatMessage;
using AiRole = Microsoft.Extensions.AI.ChatRole;

namespace MedR1.Rewards.Judge.Tests;

/// <summary>A client whose answers are a function of the prompt and the number of the call.</summary>
internal sealed class FakeJudge(Func<string, int, CancellationToken, Task<string>> answer) : IChatClient
{
    private int _calls;
    private int _running;

    public int Calls => _calls;

    public int MostAtOnce { get; private set; }

    public List<string> Prompts { get; } = [];

    public static FakeJudge Saying(Func<string, int, string> answer) =>
        new((prompt, call, _) => Task.FromResult(answer(prompt, call)));

    /// <summary>Returns the code that a prompt requests.</summary>
    public static string CodeOf(string prompt) =>
        prompt.Split('\n').Select(line => line.Trim()).First(line => line.Length == 16 && line.All(char.IsAsciiHexDigitLower));

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<AiMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        string prompt = string.Join('\n', messages.Select(message => message.Text));
        int call;
        lock (Prompts)
        {
            Prompts.Add(prompt);
            call = ++_calls;
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }

        try
        {
            return new ChatResponse(new AiMessage(AiRole.Assistant, await answer(prompt, call, cancellationToken)));
        }
        finally
        {
            lock (Prompts)
            {
                _running--;
            }
        }
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AiMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

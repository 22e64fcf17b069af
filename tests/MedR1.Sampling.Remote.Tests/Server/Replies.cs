using System.Text;
using System.Text.Json.Nodes;

using Microsoft.AspNetCore.Http;

namespace MedR1.Sampling.Remote.Tests;

/// <summary>Answers, good and bad.</summary>
internal static class Replies
{
    /// <summary>A choice of three tokens, which depend on its index.</summary>
    public static JsonObject Choice(int index, string text = "It is A.", string finishReason = "stop") => new()
    {
        ["index"] = index,
        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
        ["finish_reason"] = finishReason,
        ["logprobs"] = new JsonObject
        {
            ["content"] = new JsonArray(
                Token($"token_id:{10 + index}", -0.5), Token("token_id:7", -0.25 - index), Token("token_id:2", -0.125)),
        },
    };

    public static JsonObject Token(string name, double logProbability) =>
        new() { ["token"] = name, ["logprob"] = logProbability, ["bytes"] = null, ["top_logprobs"] = new JsonArray() };

    public static JsonObject Body(params IEnumerable<JsonNode> choices) => new()
    {
        ["id"] = "chat-1",
        ["object"] = "chat.completion",
        ["choices"] = new JsonArray([.. choices]),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 42, ["completion_tokens"] = 3 },
    };

    public static Task Good(HttpContext context, ChatCall call, string text = "It is A.") =>
        Json(context, Body(Enumerable.Range(0, call.SampleCount).Select(index => Choice(index, text))));

    public static Task Json(HttpContext context, JsonNode body) => Text(context, 200, body.ToJsonString());

    public static async Task Text(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>An error in vLLM's format.</summary>
    public static Task Refusal(HttpContext context, int status, string message, string type = "BadRequestError") => Text(
        context, status, new JsonObject
        {
            ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = status },
        }.ToJsonString());

    /// <summary>Announces a long body and aborts the connection in the middle.</summary>
    public static async Task Cut(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("{\"choices\": ["));
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    /// <summary>Writes text until the client disconnects.</summary>
    public static async Task Endless(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        byte[] text = Encoding.UTF8.GetBytes("\"" + new string('x', 100_000));
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(text, context.RequestAborted);
        }
    }

    /// <summary>Doesn't answer until the client disconnects.</summary>
    public static Task Never(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
}

using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote.Tests;

public sealed class TokenIdTests
{
    private static readonly SamplingOptions s_one = new();

    [Fact]
    public async Task Tokens_without_ids_are_refused_without_an_encoder()
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), s_one);
        Assert.Contains("token 0 'It' instead of 'token_id:'", error.Message);
    }

    [Fact]
    public async Task An_encoder_sees_control_tokens_and_rewards_do_not()
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        List<string> encoded = [];
        RemoteSamplerOptions options = server.Options() with
        {
            Tokenize = text =>
            {
                encoded.Add(text);
                return [5, 6, 2];
            },
        };

        Completion completion = (await options.DrawAsync(Drawing.Prompts(1), s_one))[0].Completions[0];

        Assert.Equal(["It is<|im_end|>"], encoded);
        Assert.Equal([5, 6, 2], completion.TokenIds);
        Assert.Equal("It is", completion.Text);
        Assert.False((bool)Assert.Single(server.Calls).Body["skip_special_tokens"]!);
    }

    // The server may have drawn different tokens for the same text, and the options applied to those.
    [Fact]
    public async Task An_encoders_tokens_are_not_checked_against_the_options()
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        RemoteSamplerOptions options = server.Options() with { Tokenize = _ => [5, 6, 2], RequireLogProbabilities = false };
        SamplingOptions sampling = s_one with { MinNewTokens = 4, SuppressedTokenIds = [6] };
        Assert.Equal([5, 6, 2], (await options.DrawAsync(Drawing.Prompts(1), sampling))[0].Completions[0].TokenIds);
    }

    [Fact]
    public async Task Different_numbers_of_ids_and_log_probabilities_are_refused()
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        RemoteSamplingException error =
            await (server.Options() with { Tokenize = _ => [5, 2] }).FailAsync(Drawing.Prompts(1), s_one);
        Assert.Contains("choice 0 has 3 log-probabilities. Tokenize returned 2 token ids", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_encoder_that_returns_null_is_named(bool requireLogProbabilities)
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        RemoteSamplingException error = await (server.Options() with
        {
            Tokenize = _ => null!,
            RequireLogProbabilities = requireLogProbabilities,
        }).FailAsync(Drawing.Prompts(1), s_one);
        Assert.Contains("Tokenize returned null for 'It is<|im_end|>'", error.Message);
    }

    [Fact]
    public async Task Separate_ids_of_the_server_take_precedence_over_an_encoder()
    {
        JsonObject choice = Named("It is", "It", " is", "<|im_end|>");
        choice["token_ids"] = new JsonArray(5, 6, 2);
        await using ChatServer server =
            await ChatServer.StartAsync((context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));
        RemoteSamplerOptions options = server.Options() with { Tokenize = _ => throw new InvalidOperationException() };
        Assert.Equal([5, 6, 2], (await options.DrawAsync(Drawing.Prompts(1), s_one))[0].Completions[0].TokenIds);
    }

    [Fact]
    public async Task Ids_are_read_from_the_meta_info_of_sglang()
    {
        JsonObject choice = Named("It is", "It", " is", "<|im_end|>");
        choice["matched_stop"] = 2;
        choice["meta_info"] = JsonNode.Parse("""
            {
              "id": "chatcmpl-1", "finish_reason": { "type": "stop", "matched": 2 }, "prompt_tokens": 42, "completion_tokens": 3,
              "weight_version": "default", "output_token_logprobs": [[-1.0, 5, "It"], [-1.0, 6, " is"], [-1.0, 2, "<|im_end|>"]]
            }
            """);
        await using ChatServer server =
            await ChatServer.StartAsync((context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));
        Completion completion = (await server.Options().DrawAsync(Drawing.Prompts(1), s_one))[0].Completions[0];
        Assert.Equal([5, 6, 2], completion.TokenIds);
        Assert.Equal((StopReason.EndToken, "It is"), (completion.StopReason, completion.Text));

        choice["meta_info"]!["output_token_logprobs"]!.AsArray()[1] = new JsonArray(-1.0, null, " is");
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), s_one);
        Assert.Contains("token 0 'It'", error.Message);
    }

    [Fact]
    public async Task Ids_are_read_from_the_log_probabilities_of_llama_cpp()
    {
        // ik_llama.cpp of August 2026: {"bytes": […], "id": 36, "logprob": …, "token": "E", "top_logprobs": […]}.
        JsonObject choice = Named("It is", "It", " is", "");
        foreach ((JsonNode? token, int id) in choice["logprobs"]!["content"]!.AsArray().Zip((int[])[5, 6, 2]))
        {
            token!["id"] = id;
        }

        await using ChatServer server =
            await ChatServer.StartAsync((context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));
        Assert.Equal([5, 6, 2], (await server.Options().DrawAsync(Drawing.Prompts(1), s_one))[0].Completions[0].TokenIds);
    }

    [Fact]
    public async Task Fewer_log_probabilities_than_tokens_are_refused()
    {
        JsonObject body = Replies.Body(Replies.Choice(0), Replies.Choice(1));
        body["usage"]!["completion_tokens"] = 7;
        await using ChatServer server = await ChatServer.StartAsync((context, _) => Replies.Json(context, body.DeepClone()));
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1));
        Assert.Contains("sampled 7 tokens, but sent the log-probabilities of 6", error.Message);

        Assert.Single(await (server.Options() with { RequireLogProbabilities = false }).DrawAsync(Drawing.Prompts(1)));
    }

    [Fact]
    public async Task Prompt_ids_are_read_from_each_servers_fields()
    {
        JsonObject vllm = Replies.Body(Replies.Choice(0));
        vllm["prompt_token_ids"] = new JsonArray(4, 5, 6);
        JsonObject sglang = Replies.Body(Replies.Choice(0));
        sglang["choices"]![0]!["prompt_token_ids"] = new JsonArray(4, 5, 6);
        JsonObject silent = Replies.Body(Replies.Choice(0));
        silent["prompt_token_ids"] = null;
        JsonObject wrong = Replies.Body(Replies.Choice(0));
        wrong["prompt_token_ids"] = new JsonArray(4, "5", 6);
        foreach ((JsonObject body, int[] expected) in
            (IEnumerable<(JsonObject, int[])>)[(vllm, [4, 5, 6]), (sglang, [4, 5, 6]), (silent, []), (wrong, [])])
        {
            await using ChatServer server =
                await ChatServer.StartAsync((context, _) => Replies.Json(context, body.DeepClone()));
            Assert.Equal(expected, (await server.Options().DrawAsync(Drawing.Prompts(1), s_one))[0].PromptTokenIds);
            Assert.Empty((await (server.Options() with { CountsImageTokens = false })
                .DrawAsync(Drawing.Prompts(1), s_one))[0].PromptTokenIds);
            Assert.Equal([true, false], server.Calls.Select(call => (bool)call.Body["return_prompt_token_ids"]!));
        }
    }

    [Fact]
    public async Task Log_probabilities_are_neither_requested_nor_needed_unless_required()
    {
        JsonObject choice = Replies.Choice(0);
        choice.Remove("logprobs");
        await using ChatServer server =
            await ChatServer.StartAsync((context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));

        Completion completion = (await (server.Options() with { RequireLogProbabilities = false })
            .DrawAsync(Drawing.Prompts(1), s_one with { Temperature = 0.3 }))[0].Completions[0];

        Assert.Equal("It is A.", completion.Text);
        Assert.Empty(completion.TokenIds);
        Assert.Empty(completion.LogProbabilities);
        Assert.False((bool)Assert.Single(server.Calls).Body["logprobs"]!);
    }

    private static JsonObject Named(string text, params string[] tokens)
    {
        JsonObject choice = Replies.Choice(0, text);
        choice["logprobs"]!["content"] = new JsonArray([.. tokens.Select(token => Replies.Token(token, -1))]);
        return choice;
    }

    private static Task<ChatServer> StartAsync(string text, params string[] tokens) =>
        ChatServer.StartAsync((context, _) => Replies.Json(context, Replies.Body(Named(text, tokens))));
}

using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote.Tests;

public sealed class TokenIdTests
{
    private static readonly SamplingOptions s_one = new();

    [Fact]
    public async Task Tokens_without_ids_are_refused_where_nothing_encodes_the_text()
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        RemoteSamplingException error = await server.Options().FailAsync(Drawing.Prompts(1), s_one);
        Assert.Contains("token 0 'It', not 'token_id:'", error.Message);
    }

    [Fact]
    public async Task An_encoder_reads_the_text_with_its_control_tokens_and_rewards_do_not()
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

    // The server may have drawn other tokens of the same text, whose options they were drawn under.
    [Fact]
    public async Task An_encoders_tokens_are_not_held_against_the_options()
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        RemoteSamplerOptions options = server.Options() with { Tokenize = _ => [5, 6, 2], RequireLogProbabilities = false };
        SamplingOptions sampling = s_one with { MinNewTokens = 4, SuppressedTokenIds = [6] };
        Assert.Equal([5, 6, 2], (await options.DrawAsync(Drawing.Prompts(1), sampling))[0].Completions[0].TokenIds);
    }

    [Fact]
    public async Task Another_number_of_ids_than_of_log_probabilities_is_refused()
    {
        await using ChatServer server = await StartAsync("It is<|im_end|>", "It", " is", "<|im_end|>");
        RemoteSamplingException error =
            await (server.Options() with { Tokenize = _ => [5, 2] }).FailAsync(Drawing.Prompts(1), s_one);
        Assert.Contains("choice 0 has 3 log-probabilities. Tokenize returned 2 token ids", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_encoder_that_returns_nothing_is_named(bool requireLogProbabilities)
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
    public async Task Ids_that_the_server_sends_apart_are_taken_before_the_encoders()
    {
        JsonObject choice = Named("It is", "It", " is", "<|im_end|>");
        choice["token_ids"] = new JsonArray(5, 6, 2);
        await using ChatServer server =
            await ChatServer.StartAsync((context, _) => Replies.Json(context, Replies.Body(choice.DeepClone())));
        RemoteSamplerOptions options = server.Options() with { Tokenize = _ => throw new InvalidOperationException() };
        Assert.Equal([5, 6, 2], (await options.DrawAsync(Drawing.Prompts(1), s_one))[0].Completions[0].TokenIds);
    }

    [Fact]
    public async Task Sglangs_description_of_the_tokens_has_their_ids()
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
    public async Task Llama_cpps_tokens_have_their_ids_beside_their_names()
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
        Assert.Contains("drew 7 tokens, but sent the log-probabilities of 6", error.Message);

        Assert.Single(await (server.Options() with { RequireLogProbabilities = false }).DrawAsync(Drawing.Prompts(1)));
    }

    [Fact]
    public async Task The_prompts_ids_are_read_where_each_server_has_them()
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
    public async Task Without_the_demand_log_probabilities_are_neither_asked_for_nor_needed()
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

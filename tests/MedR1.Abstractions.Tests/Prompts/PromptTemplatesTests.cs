namespace MedR1.Abstractions.Tests;

/// <summary>The texts of Med-R1's released code, from the script named next to each.</summary>
public sealed class PromptTemplatesTests
{
    // A single different letter in a prompt may change the answers; no other test would notice.
    public static TheoryData<IPromptTemplate, string, string> Released => new()
    {
        // grpo_vqa.py
        {
            PromptTemplates.ThinkThenAnswer, "med-r1-think",
            "Q Your task: 1. Think through the question step by step, enclose your reasoning process in <think>...</think> tags. 2. Then provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags. 3. No extra information or text outside of these tags."
        },
        // grpo_vqa_nothink.py
        {
            PromptTemplates.AnswerOnly, "med-r1-no-think",
            "Q Your task: 1. Provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags. 2. No extra information or text outside of this tag."
        },
        // test_qwen2vl_vqa.py
        {
            PromptTemplates.EvaluationThink, "med-r1-evaluation-think",
            "Q Think through the question step by step in <think>...</think> tags. Then provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags."
        },
        // test_qwen2vl_vqa_nothink.py
        {
            PromptTemplates.EvaluationAnswerOnly, "med-r1-evaluation-no-think",
            "Q Provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags."
        },
        // test_qwen2vl_vqa_zero_shot.py
        { PromptTemplates.ZeroShot, "med-r1-zero-shot", "Q Provide the correct single-letter choice (A, B, C, D,...)." },
        { PromptTemplates.Plain, "plain", "Q" },
        // Not released: added by the library, in the form of the first two.
        {
            PromptTemplates.AnswerThenThink, "think-after",
            "Q Your task: 1. Provide the correct single-letter choice (A, B, C, D,...) inside <answer>...</answer> tags. 2. Then explain your reasoning process in <think>...</think> tags. 3. No extra information or text outside of these tags."
        },
    };

    [Theory]
    [MemberData(nameof(Released))]
    public void Each_equals_the_released_text_word_for_word(IPromptTemplate template, string name, string text)
    {
        VqaPrompt prompt = template.Format(new VqaExample { Id = "1", Question = "Q", Answer = "yes" });
        Assert.Equal(name, template.Name);
        ChatMessage message = Assert.Single(prompt.Messages);
        Assert.Equal(text, Assert.IsType<TextPart>(Assert.Single(message.Content)).Text);
    }
}

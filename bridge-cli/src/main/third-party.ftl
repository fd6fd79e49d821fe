<#-- THIRD-PARTY.txt: one line for each artifact of others in the jar, in the order of its coordinates, with its licences' names in SPDX. -->
The software of others in gangway.jar. The directory licenses has the licences' texts. Where a line names two licences, either may be chosen, unless NOTICE
says more.

<#list dependencyMap as entry>
<#assign project = entry.getKey()/>
<#assign licenses = entry.getValue()/>
<#if !project.groupId?starts_with("io.gangway")>
${project.groupId}:${project.artifactId}:${project.version} (<#list licenses as license>${license}<#if license_has_next>, </#if></#list>)
</#if>
</#list>
